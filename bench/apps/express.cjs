'use strict';
const express = require('express');
const { Writable } = require('node:stream');
const winston = require('winston');

// Formats every line and writes it nowhere: a terminal or a pipe would be measured with it.
const nowhere = new Writable({ write: (chunk, encoding, done) => done() });
const logger = winston.createLogger({ format: winston.format.json(), transports: [new winston.transports.Stream({ stream: nowhere })] });
const app = express();
app.get('/hello/:name', (request, response) => {
  logger.info('hello', { name: request.params.name });
  response.json({ hello: request.params.name });
});
const server = app.listen(0, '127.0.0.1', () => require('./report.cjs')(server.address().port));
