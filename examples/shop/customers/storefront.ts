/** What people do in the shop -> requests to the storefront, each as the person's browser sends it through the proxy in front. */

import type { Person } from './people.ts';

export interface Item {
  readonly productId: number;
  readonly quantity: number;
}

export interface Storefront {
  get(person: Person, path: string, token?: string): Promise<Response>;
  order(person: Person, items: readonly Item[], token?: string): Promise<Response>;
  logIn(person: Person, password?: string): Promise<Response>;
  /** The number of the order that went well last, 0 before there is one. */
  lastOrderOf(person: Person): number;
  /** What the last login gave; undefined before there is one. */
  tokenOf(person: Person): string | undefined;
}

const giveUpAfterMs = 15_000;

export function createStorefront(baseUrl: string): Storefront {
  const lastOrders = new Map<Person, number>();
  const tokens = new Map<Person, string>();

  function headersOf(person: Person, token: string | undefined): Record<string, string> {
    const known = { 'x-tenant-id': person.tenant, 'x-forwarded-for': person.address };
    return token === undefined ? known : { ...known, authorization: `Bearer ${token}` };
  }

  function post(person: Person, path: string, body: unknown, token?: string): Promise<Response> {
    return fetch(baseUrl + path, {
      method: 'POST',
      headers: { ...headersOf(person, token), 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(giveUpAfterMs),
    });
  }

  return {
    get: (person, path, token) => fetch(baseUrl + path, { headers: headersOf(person, token), signal: AbortSignal.timeout(giveUpAfterMs) }),
    async order(person, items, token) {
      const response = await post(person, '/orders', { items }, token);
      if (response.ok) lastOrders.set(person, ((await response.clone().json()) as { readonly id: number }).id);
      return response;
    },
    async logIn(person, password = person.password) {
      const response = await post(person, '/login', { email: person.email, password });
      if (response.ok) tokens.set(person, ((await response.clone().json()) as { readonly token: string }).token);
      return response;
    },
    lastOrderOf: (person) => lastOrders.get(person) ?? 0,
    tokenOf: (person) => tokens.get(person),
  };
}
