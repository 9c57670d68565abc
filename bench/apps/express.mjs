import express from 'express';
import winston from 'winston';

const logger = winston.createLogger({ transports: [new winston.transports.Console()] });
const app = express();
app.get('/hello/:name', (request, response) => {
  logger.info('hello', { name: request.params.name });
  response.json({ hello: request.params.name });
});
app.listen(0, '127.0.0.1', () => import('./report.cjs'));
