'use strict';
/** What the next weeks may bring: many possible futures drawn from the latest orders. Computed in one go, so other requests wait meanwhile. */

const FUTURES = 200_000;
const ORDERS_PER_FUTURE = 200;

/** @param {{ status: string, total_cents: number }[]} orders @returns totals in cents that a quarter, half and three quarters of the futures stay below. */
function forecastSales(orders) {
  const paid = orders.filter(({ status }) => status === 'paid').map((order) => order.total_cents);
  if (paid.length === 0) return { futures: 0 };
  const totals = Array.from({ length: FUTURES }, () => {
    let total = 0;
    for (let count = 0; count < ORDERS_PER_FUTURE; count++) total += paid[Math.floor(Math.random() * paid.length)];
    return total;
  }).sort((a, b) => a - b);
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => totals[Math.floor(share * FUTURES)]);
  return { futures: FUTURES, low, middle, high };
}

module.exports = { forecastSales };
