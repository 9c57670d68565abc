/** A request's headers -> whether it may be answered: by whom it was sent, to which host, and with which token. Pages of other sites get nothing. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface Guard {
  /**
   * The `Host` names this server. A page whose name was pointed at this machine sends its own name there. With a token every name will do, such as that
   * of a service in a network of containers: whoever asks by another name has neither the token nor the cookie.
   */
  isOurHost(headers: IncomingHttpHeaders): boolean;
  /** The request carries the token, if one is asked for. */
  isAllowed(headers: IncomingHttpHeaders, search?: URLSearchParams): boolean;
  /** The token came with the address: it is to be kept in a cookie. */
  cameWithAddress(search: URLSearchParams): boolean;
  readonly token: string | undefined;
}

export const COOKIE = 'otelier';

const loopback: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
/** Names by which containers reach this machine. */
const containerHosts: ReadonlySet<string> = new Set(['host.docker.internal', 'host.containers.internal', 'gateway.docker.internal']);

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** `token` undefined: none is asked for, which is right on a loopback address alone. */
export function createGuard(host: string, token: string | undefined): Guard {
  const digest = token === undefined ? undefined : digestOf(token);
  const matches = (given: string | null | undefined): boolean =>
    digest !== undefined && typeof given === 'string' && timingSafeEqual(digestOf(given), digest);
  return {
    token,
    isOurHost(headers) {
      if (digest !== undefined) return true;
      const name = hostName((headers[':authority'] as string | undefined) ?? headers.host);
      if (name === undefined) return false;
      return loopback.has(name) || containerHosts.has(name) || name === (host.includes(':') ? `[${host}]` : host);
    },
    isAllowed(headers, search) {
      if (digest === undefined) return true;
      const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
      return matches(bearer) || matches(cookieOf(headers)) || matches(search?.get('token'));
    },
    cameWithAddress: (search) => matches(search.get('token')),
  };
}

function hostName(header: string | undefined): string | undefined {
  return /^([\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i.exec(header ?? '')?.[1]?.toLowerCase();
}

function cookieOf({ cookie = '' }: IncomingHttpHeaders): string | undefined {
  return cookie
    .split(';')
    .map((pair) => pair.trim().split('='))
    .find(([name]) => name === COOKIE)?.[1];
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** The origin is a page on this machine. */
export function isLocalOrigin(origin: string | undefined): boolean {
  return origin !== undefined && /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/.test(origin);
}
