'use strict';
const express = require('express');
const { Pool } = require('pg');

const pool = new Pool({ connectionString: process.env.BENCH_DATABASE_URL, max: Number(process.env.BENCH_DATABASE_CONNECTIONS) });
const app = express();
app.get('/item/:id', async (request, response) => {
  const { rows } = await pool.query('SELECT $1::int AS id', [request.params.id]);
  response.json(rows[0]);
});
const server = app.listen(0, '127.0.0.1', () => require('./report.cjs')(server.address().port));
