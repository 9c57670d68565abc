'use strict';
/** Who may come in: passwords become sessions, the tokens of sessions become accounts. Neither passwords nor tokens are stored. */

const { createHash, randomBytes, scrypt, timingSafeEqual } = require('node:crypto');
const { promisify } = require('node:util');
const { pool } = require('./database.js');

const scryptAsync = promisify(scrypt);
/** Compared with when there is no such account, so that the answer takes as long. */
const NOBODY = `${'00'.repeat(16)}:${'00'.repeat(32)}`;

const hashOf = (token) => createHash('sha256').update(token).digest('hex');

/** @returns {Promise<string | undefined>} the token of a new session, or undefined when e-mail address and password do not belong together. */
async function logIn(email, password) {
  const { rows } = await pool.query('SELECT password_hash FROM accounts WHERE email = $1', [email]);
  const [salt, expected] = (rows[0]?.password_hash ?? NOBODY).split(':').map((part) => Buffer.from(part, 'hex'));
  const actual = await scryptAsync(password, salt, expected.length);
  if (!timingSafeEqual(actual, expected)) return undefined;
  const token = randomBytes(24).toString('base64url');
  await pool.query("INSERT INTO sessions (token_hash, email, expires_at) VALUES ($1, $2, now() + interval '1 hour')", [
    hashOf(token),
    email,
  ]);
  return token;
}

/** @returns {Promise<{ email: string, tenantId: string, role: 'customer' | 'staff' } | undefined>} */
async function findAccount(token) {
  const { rows } = await pool.query(
    'SELECT a.email, a.tenant_id AS "tenantId", a.role FROM sessions s JOIN accounts a ON a.email = s.email WHERE s.token_hash = $1 AND s.expires_at > now()',
    [hashOf(token)],
  );
  return rows[0];
}

module.exports = { logIn, findAccount };
