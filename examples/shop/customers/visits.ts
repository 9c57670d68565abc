/** The table of visits: one round of them, in this order, again and again. Most go well, some are slow, few fail, and some should not have come. */

import type { Person } from './people.ts';
import { intruder, staff } from './people.ts';
import type { Storefront } from './storefront.ts';

export interface Visitor {
  readonly shop: Storefront;
  readonly person: Person;
  readonly round: number;
}

export type Visit = (visitor: Visitor) => Promise<Response>;

export const overTheLimit: Visit = ({ shop, person }) => shop.order(person, [{ productId: 6, quantity: 1 }]);
export const brokenPage: Visit = ({ shop, person }) => shop.get(person, '/products/7'); // no description: 500
export const slowReport: Visit = ({ shop, person }) => shop.get(person, '/reports/sales');
export const busyForecast: Visit = ({ shop, person }) => shop.get(person, '/reports/forecast');

const catalogue: Visit = ({ shop, person }) => shop.get(person, '/products');
/** Like `visit` in every n-th round, beginning with the first one; the catalogue in the others. */
const everyNth =
  (n: number, visit: Visit): Visit =>
  (visitor) =>
    visitor.round % n === 0 ? visit(visitor) : catalogue(visitor);

/** What strangers try, each in turn. */
const trespasses: readonly Visit[] = [
  ({ shop }) => shop.get(intruder, '/.env'),
  ({ shop }) => shop.get(intruder, '/admin/orders'), // 401
  ({ shop }) => shop.get(intruder, '/wp-login.php'),
  ({ shop, person }) => shop.logIn(person, `${person.password}?`), // a slip
  ({ shop, person }) => shop.get(person, '/admin/orders', shop.tokenOf(person)), // a customer: 403
  guessPasswords,
  ({ shop }) => shop.get(intruder, '/.git/config'),
];
export const trespass: Visit = (visitor) => trespasses[visitor.round % trespasses.length]!(visitor);

/** One login after the other until the shop has had enough: 401 at first, 429 in the end. */
async function guessPasswords({ shop }: Visitor): Promise<Response> {
  for (let guess = 1; guess < 8; guess++) await (await shop.logIn(intruder, `password${guess}`)).arrayBuffer();
  return shop.logIn(intruder, 'letmein');
}

export const visits: readonly Visit[] = [
  catalogue,
  ({ shop, person }) =>
    shop.order(person, [
      { productId: 1, quantity: 2 },
      { productId: 2, quantity: 1 },
    ]),
  ({ shop, person }) => shop.get(person, `/orders/${shop.lastOrderOf(person)}`),
  everyNth(4, overTheLimit), // declined
  ({ shop, person }) => shop.get(person, '/products?search=pot'),
  ({ shop, person }) => shop.get(person, '/products/4'),
  ({ shop, person }) => shop.order(person, [{ productId: 4, quantity: 2 }]), // the bank takes its time
  everyNth(4, brokenPage),
  ({ shop, person }) => shop.order(person, [{ productId: 3, quantity: 2 }]), // the stock of these runs low
  everyNth(2, slowReport),
  ({ shop, person }) => (shop.tokenOf(person) === undefined ? shop.logIn(person) : shop.get(person, '/products/5')),
  ({ shop, person }) => shop.order(person, [{ productId: 5, quantity: 1 }], shop.tokenOf(person)), // as the person who has logged in
  everyNth(5, ({ shop, person }) => shop.get(person, '/products/99')), // there is no such product
  everyNth(2, trespass),
  ({ shop, person }) => shop.order(person, [{ productId: 1, quantity: 1 }]),
  ({ shop, person }) => shop.get(person, `/orders/${shop.lastOrderOf(person)}?token=${shop.tokenOf(person) ?? ''}`), // the link in the e-mail
  everyNth(4, ({ shop, person }) => shop.order(person, [{ productId: 3, quantity: 9 }])), // more than there are: rejected
  ({ shop }) => (shop.tokenOf(staff) === undefined ? shop.logIn(staff) : shop.get(staff, '/admin/orders', shop.tokenOf(staff))),
];
