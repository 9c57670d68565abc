'use strict';
/** The shop's logger: one JSON object a line on stdout. */

const winston = require('winston');

/** An Error has no enumerable fields: spell it out, or JSON shows `{}`. */
const spellErrors = winston.format((info) => {
  if (info.err instanceof Error) info.err = { type: info.err.name, message: info.err.message, stack: info.err.stack };
  return info;
});

exports.log = winston.createLogger({
  level: process.env.LOG_LEVEL ?? 'info',
  format: winston.format.combine(winston.format.timestamp(), spellErrors(), winston.format.json()),
  transports: [new winston.transports.Console()],
});
