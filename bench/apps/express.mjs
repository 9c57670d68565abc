import { Writable } from 'node:stream';
import express from 'express';
import winston from 'winston';
import report from './report.cjs';

const nowhere = new Writable({ write: (chunk, encoding, done) => done() });
const logger = winston.createLogger({ format: winston.format.json(), transports: [new winston.transports.Stream({ stream: nowhere })] });
const app = express();
app.get('/hello/:name', (request, response) => {
  logger.info('hello', { name: request.params.name });
  response.json({ hello: request.params.name });
});
const server = app.listen(0, '127.0.0.1', () => report(server.address().port));
