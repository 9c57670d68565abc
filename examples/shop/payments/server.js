/** The payment service: takes payments to the bank and remembers the latest of them. */

import Fastify, { LogController } from 'fastify';
import { authorise } from './bank.js';

const REMEMBERED = 1000;
const payments = new Map();
const app = Fastify({
  logger: { level: process.env.LOG_LEVEL ?? 'info' },
  logController: new LogController({ disableRequestLogging: true }), // the lines below say more
});

const paymentSchema = {
  type: 'object',
  required: ['orderId', 'amountCents'],
  properties: {
    orderId: { type: 'integer' },
    amountCents: { type: 'integer', minimum: 1 },
    tenantId: { type: 'string', default: 'public' },
  },
};

app.post('/payments', { schema: { body: paymentSchema } }, async (request, reply) => {
  const { orderId, amountCents, tenantId } = request.body;
  const { approved, reason } = await authorise(amountCents);
  const status = approved ? 'approved' : 'declined';
  const payment = { id: `pay_${orderId}`, orderId, amountCents, status, reason };
  const fields = { orderId, amountCents, tenantId, event: 'payment', status };
  remember(payment);
  if (approved) request.log.info(fields, 'payment approved');
  else request.log.warn({ ...fields, reason }, 'payment declined by the bank');
  reply.code(approved ? 201 : 200);
  return payment;
});

app.get('/payments/:id', async (request, reply) => {
  const payment = payments.get(request.params.id);
  if (payment === undefined) return reply.code(404).send({ error: 'no such payment' });
  return payment;
});

app.get('/healthz', async () => ({ status: 'ok' }));

function remember(payment) {
  payments.set(payment.id, payment);
  if (payments.size > REMEMBERED) payments.delete(payments.keys().next().value);
}

await app.listen({ port: Number(process.env.PORT ?? 8081), host: process.env.HOST ?? '127.0.0.1' });

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => {
    app.log.info({ signal }, 'payments is stopping');
    app.close();
  });
}
