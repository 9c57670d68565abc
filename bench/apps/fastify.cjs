'use strict';
const app = require('fastify')();

app.get('/out/:id', async (request) => {
  const response = await fetch(process.env.BENCH_UPSTREAM);
  return { id: request.params.id, upstream: await response.json() };
});
app.listen({ port: 0, host: '127.0.0.1' }).then(() => require('./report.cjs')(app.server.address().port));
