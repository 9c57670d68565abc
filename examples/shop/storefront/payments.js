'use strict';
/** The storefront's side of the payment service. */

const url = process.env.PAYMENTS_URL ?? 'http://127.0.0.1:8081';

class PaymentDeclined extends Error {
  name = 'PaymentDeclined';
}

/**
 * @param {{ orderId: number, amountCents: number, tenantId: string }} payment
 * @returns {Promise<{ id: string, status: 'approved' | 'declined', reason?: string }>}
 */
async function pay(payment) {
  const response = await fetch(`${url}/payments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(payment),
    signal: AbortSignal.timeout(5000),
  });
  if (!response.ok) throw new Error(`the payment service answered ${response.status}`);
  return response.json();
}

module.exports = { pay, PaymentDeclined };
