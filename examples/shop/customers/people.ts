/** Who visits the shop: customers of three tenants, the shop's own staff, and somebody who is up to no good. Addresses are those kept for documentation. */

export interface Person {
  readonly tenant: string;
  readonly email: string;
  readonly password: string;
  readonly address: string;
}

/** Their accounts are in schema.sql. */
export const customers: readonly [Person, ...Person[]] = [
  { tenant: 'acme', email: 'ada@acme.example', password: 'espresso-at-9', address: '198.51.100.11' },
  { tenant: 'globex', email: 'grace@globex.example', password: 'flat-white-2-go', address: '198.51.100.12' },
  { tenant: 'initech', email: 'linus@initech.example', password: 'filter-only!', address: '198.51.100.13' },
];

export const staff: Person = { tenant: 'shop', email: 'staff@shop.example', password: 'keys-to-the-shop', address: '192.0.2.1' };

export const intruder: Person = { tenant: 'public', email: 'ada@acme.example', password: 'password1', address: '203.0.113.66' };
