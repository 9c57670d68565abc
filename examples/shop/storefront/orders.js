'use strict';
/** What happens to an order: goods are reserved, then it is paid or declined. */

const { pool, inTransaction } = require('./database.js');
const { log } = require('./log.js');
const payments = require('./payments.js');

const LOW_STOCK = 5;

class OrderRejected extends Error {
  name = 'OrderRejected';
}

/**
 * Reserves the goods, asks for the money and stores the outcome.
 * @param {string} tenantId
 * @param {{ productId: number, quantity: number }[]} items
 */
async function placeOrder(tenantId, items) {
  const order = await reserve(tenantId, items);

  const payment = await payments.pay({ orderId: order.id, amountCents: order.totalCents, tenantId });
  const status = payment.status === 'approved' ? 'paid' : 'declined';
  await pool.query('UPDATE orders SET status = $1, payment_id = $2 WHERE id = $3', [status, payment.id, order.id]);

  if (status === 'paid') {
    log.info('order placed', { orderId: order.id, tenantId, totalCents: order.totalCents, event: 'order', status });
  } else {
    log.error('payment declined', {
      orderId: order.id,
      tenantId,
      totalCents: order.totalCents,
      event: 'order',
      status,
      err: new payments.PaymentDeclined(payment.reason),
    });
  }
  return { ...order, status, paymentId: payment.id };
}

/** One transaction: lock the stock, check it, take the goods, write the order down. */
async function reserve(tenantId, items) {
  const ids = items.map((item) => item.productId);
  const quantities = items.map((item) => item.quantity);

  return inTransaction(async (client) => {
    const { rows } = await client.query(
      'SELECT p.id, p.name, p.price_cents, s.quantity FROM products p JOIN stock s ON s.product_id = p.id WHERE p.id = ANY($1) ORDER BY p.id FOR UPDATE OF s',
      [ids],
    );
    const goods = new Map(rows.map((row) => [row.id, row]));

    let totalCents = 0;
    for (const { productId, quantity } of items) {
      const product = goods.get(productId);
      if (product === undefined) throw new OrderRejected(`no product ${productId}`);
      if (product.quantity < quantity) throw new OrderRejected(`only ${product.quantity} of ${product.name} left`);
      if (product.quantity - quantity < LOW_STOCK)
        log.warn('stock is low', { productId, product: product.name, left: product.quantity - quantity });
      totalCents += product.price_cents * quantity;
    }

    await client.query(
      'UPDATE stock s SET quantity = s.quantity - i.quantity FROM unnest($1::int[], $2::int[]) AS i(product_id, quantity) WHERE s.product_id = i.product_id',
      [ids, quantities],
    );
    const inserted = await client.query("INSERT INTO orders (tenant_id, status, total_cents) VALUES ($1, 'pending', $2) RETURNING id", [
      tenantId,
      totalCents,
    ]);
    const { id } = inserted.rows[0];
    await client.query(
      'INSERT INTO order_items (order_id, product_id, quantity, price_cents) SELECT $1, p.id, i.quantity, p.price_cents FROM unnest($2::int[], $3::int[]) AS i(product_id, quantity) JOIN products p ON p.id = i.product_id',
      [id, ids, quantities],
    );
    return { id, totalCents };
  });
}

/** @returns the order with its items, or undefined when this tenant has no such order. */
async function findOrder(tenantId, id) {
  const { rows } = await pool.query(
    "SELECT o.id, o.status, o.total_cents, json_agg(json_build_object('productId', i.product_id, 'quantity', i.quantity)) AS items FROM orders o JOIN order_items i ON i.order_id = o.id WHERE o.id = $1 AND o.tenant_id = $2 GROUP BY o.id",
    [id, tenantId],
  );
  return rows[0];
}

/** The newest of all tenants. */
async function latestOrders() {
  const { rows } = await pool.query('SELECT id, tenant_id, status, total_cents, created_at FROM orders ORDER BY id DESC LIMIT 50');
  return rows;
}

module.exports = { placeOrder, findOrder, latestOrders, OrderRejected };
