/** Customers: requests against the storefront at an even, bounded rate, most of them good, some slow, some failing. Runs until SIGTERM or SIGINT. */

const baseUrl = process.env.STOREFRONT_URL ?? 'http://127.0.0.1:8080';
const requestsPerSecond = Math.min(Number(process.env.RATE ?? 4), 100);
const maxInFlight = 20;
const tenants = ['acme', 'globex', 'initech'];

const lastOrderIds = new Map<string, number>();

/** One round of visits, in this order, again and again. */
const visits: readonly ((tenant: string, round: number) => Promise<Response>)[] = [
  (tenant) => get(tenant, '/products'),
  (tenant) =>
    order(tenant, [
      { productId: 1, quantity: 2 },
      { productId: 2, quantity: 1 },
    ]),
  (tenant) => get(tenant, `/orders/${lastOrderIds.get(tenant) ?? 0}`),
  (tenant) => order(tenant, [{ productId: 6, quantity: 1 }]), // over the card limit: declined
  (tenant) => get(tenant, '/products?search=pot'),
  (tenant) => get(tenant, '/products/4'),
  (tenant) => order(tenant, [{ productId: 4, quantity: 2 }]), // the bank takes its time
  (tenant) => get(tenant, '/products/7'), // fails: no description
  (tenant) => order(tenant, [{ productId: 3, quantity: 2 }]), // the stock of these runs low
  (tenant, round) => get(tenant, round % 3 === 0 ? '/reports/sales' : '/products'), // the report is slow
  (tenant) => get(tenant, '/products/99'), // there is no such product
  (tenant) => order(tenant, [{ productId: 5, quantity: 1 }]),
];

function get(tenant: string, path: string): Promise<Response> {
  return fetch(baseUrl + path, { headers: { 'x-tenant-id': tenant } });
}

async function order(tenant: string, items: readonly { productId: number; quantity: number }[]): Promise<Response> {
  const response = await fetch(`${baseUrl}/orders`, {
    method: 'POST',
    headers: { 'x-tenant-id': tenant, 'content-type': 'application/json' },
    body: JSON.stringify({ items }),
  });
  if (response.ok) lastOrderIds.set(tenant, ((await response.clone().json()) as { id: number }).id);
  return response;
}

let count = 0;
let inFlight = 0;

async function visit(): Promise<void> {
  if (inFlight >= maxInFlight) return; // the shop cannot keep up: customers stay away
  const number = count++;
  inFlight++;
  try {
    const round = Math.floor(number / visits.length);
    const response = await visits[number % visits.length]!(tenants[round % tenants.length]!, round);
    await response.arrayBuffer();
  } catch (error) {
    console.error(`visit ${number}: ${(error as Error).message}`);
  } finally {
    inFlight--;
  }
}

const timer = setInterval(visit, 1000 / requestsPerSecond);

/** No new visits; those under way have three seconds to finish. */
function stop(): void {
  clearInterval(timer);
  setTimeout(() => process.exit(0), 3000);
  setInterval(() => inFlight === 0 && process.exit(0), 20);
}
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
