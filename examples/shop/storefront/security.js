'use strict';
/** What keeps strangers out, and tells who tried: failed logins are counted per client, tokens are looked up, scanners are noticed. */

const { findAccount } = require('./accounts.js');
const { log } = require('./log.js');

const WINDOW_MS = 10_000;
const FAILURES_PER_WINDOW = 5;
const SCANNED = /\/(\.\w|wp-|phpmyadmin|cgi-bin)/i;

let windowEndsAt = 0;
const failures = new Map();

/** Failed logins of this client in the current window. */
function failuresOf(client) {
  if (Date.now() >= windowEndsAt) {
    failures.clear();
    windowEndsAt = Date.now() + WINDOW_MS;
  }
  return failures.get(client) ?? 0;
}

/** Lets nobody try passwords for long. */
function limitLogins(request, response, next) {
  if (failuresOf(request.ip) < FAILURES_PER_WINDOW) return next();
  log.warn('too many failed logins', { client: request.ip, event: 'security', type: 'rate_limited' });
  response.set('retry-after', String(Math.ceil((windowEndsAt - Date.now()) / 1000)));
  response.status(429).json({ error: 'too many failed logins; try again later' });
}

function noteFailedLogin(request, email) {
  failures.set(request.ip, failuresOf(request.ip) + 1);
  log.warn(`login failed for ${email}`, { email, client: request.ip, event: 'security', type: 'login_failed' });
}

/** A token in the `authorization` header, or in the link of an e-mail (`?token=`), says whose request it is; a bad one is refused. */
async function identify(request, response, next) {
  const token = /^Bearer (.+)$/i.exec(request.get('authorization') ?? '')?.[1] ?? request.query.token;
  if (token === undefined) return next();
  request.account = await findAccount(String(token));
  if (request.account === undefined) return deny(request, response, 401, 'the session is over');
  request.tenantId = request.account.tenantId;
  next();
}

function requireStaff(request, response, next) {
  if (request.account === undefined) return deny(request, response, 401, 'log in first');
  if (request.account.role !== 'staff') return deny(request, response, 403, 'for staff only');
  next();
}

function deny(request, response, status, reason) {
  log.warn('access denied', { path: request.path, reason, client: request.ip, event: 'security', type: 'access_denied' });
  if (status === 401) response.set('www-authenticate', 'Bearer');
  response.status(status).json({ error: reason });
}

/** The end of the road for paths that the shop does not have. Those that scanners try are told. */
function refuseUnknown(request, response) {
  if (SCANNED.test(request.path)) log.warn('probed', { path: request.path, client: request.ip, event: 'security', type: 'probe' });
  response.status(404).json({ error: 'no such page' });
}

module.exports = { limitLogins, noteFailedLogin, identify, requireStaff, refuseUnknown };
