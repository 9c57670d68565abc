/** HTTP for the page and the API: guard first, then the table of endpoints, then what changes something, then files. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { BodyTooLargeError } from '../../otlp/body-error.ts';
import type { Endpoint as Listening } from '../../otlp/delivery.ts';
import { listen } from '../../otlp/listen.ts';
import { readBody } from '../../otlp/request-body.ts';
import { BusyError, MalformedError } from '../threads/store.ts';
import type { Store } from '../threads/store.ts';
import type { Assets } from './assets.ts';
import { endpoints } from './endpoints.ts';
import type { Endpoint } from './endpoints.ts';
import { COOKIE } from './guard.ts';
import type { Guard } from './guard.ts';
import { importJson } from './import.ts';
import type { Live, LiveQuery } from './live.ts';
import { ParameterError, parseParameters } from './parameters.ts';
import { errorReply, jsonReply, send } from './reply.ts';
import type { Reply } from './reply.ts';
import { QueryError, type RunSql } from './sql.ts';
import type { Status } from '../api.ts';

export interface PageParts {
  readonly store: Store;
  readonly guard: Guard;
  readonly live: Live;
  readonly assets: Assets;
  readonly runSql: RunSql;
  readonly status: () => Promise<Status>;
}

const MAX_IMPORT_BYTES = 64 * 1024 * 1024;
const MAX_QUERY_BYTES = 100_000;
const MAX_CONNECTIONS = 256;

/** @throws the listen error, such as EADDRINUSE */
export async function startPageServer(parts: PageParts, host: string, port: number): Promise<Listening> {
  const server: Server = createServer(
    { requestTimeout: 60_000, headersTimeout: 10_000, connectionsCheckingInterval: 5000, keepAliveTimeout: 30_000 },
    (request, response) => {
      void answer(request, response, parts);
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  return listen(server, host, port, () => server.closeAllConnections());
}

async function answer(request: IncomingMessage, response: ServerResponse, parts: PageParts): Promise<void> {
  try {
    const reply = await route(request, response, parts);
    if (reply !== undefined) await send(request, response, reply);
  } catch (error) {
    if (!response.headersSent && !response.destroyed) await send(request, response, replyFor(error)).catch(() => response.destroy());
    else response.destroy();
  } finally {
    // What was not read is thrown away, so that the sender gets to read the answer.
    request.resume();
  }
}

function replyFor(error: unknown): Reply {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ParameterError || error instanceof MalformedError || error instanceof QueryError) return errorReply(400, message);
  if (error instanceof BodyTooLargeError) return errorReply(413, message);
  if (error instanceof BusyError) return errorReply(503, message, { 'retry-after': '1' });
  return errorReply(500, message);
}

/** Undefined: the response was taken over. */
async function route(request: IncomingMessage, response: ServerResponse, parts: PageParts): Promise<Reply | undefined> {
  const { guard } = parts;
  if (!guard.isOurHost(request.headers))
    return errorReply(421, 'The Host header names another server. Open the page by the address that otelier dev printed.');
  const url = parseUrl(request.url);
  if (url === undefined) return errorReply(400, 'The path is not one of a URL.');
  const { pathname: path, searchParams: search } = url;
  if (!guard.isAllowed(request.headers, search))
    return errorReply(401, 'A token is needed: open the address with ?token=… that otelier dev printed, or send Authorization: Bearer.', {
      'www-authenticate': 'Bearer',
    });
  if (path === '/api' || path.startsWith('/api/')) return api(request, response, parts, path, search);
  if (request.method !== 'GET' && request.method !== 'HEAD') return notAllowed(request, 'GET, HEAD');
  if (guard.cameWithAddress(search)) {
    search.delete('token');
    const rest = search.toString();
    const cookie = `${COOKIE}=${guard.token}; Path=/; HttpOnly; SameSite=Strict`;
    return { status: 303, headers: { location: `${path.replace(/^\/{2,}/, '/')}${rest === '' ? '' : `?${rest}`}`, 'set-cookie': cookie } };
  }
  return parts.assets(path, request.headers['if-none-match']);
}

function parseUrl(url = ''): URL | undefined {
  return url.startsWith('/') ? (URL.parse(url, 'http://localhost') ?? undefined) : undefined;
}

async function api(
  request: IncomingMessage,
  response: ServerResponse,
  parts: PageParts,
  path: string,
  search: URLSearchParams,
): Promise<Reply | undefined> {
  const change = changes[path];
  if (change !== undefined) {
    if (request.method !== 'POST') return notAllowed(request, 'POST');
    if (request.headers['x-otelier'] !== '1') return errorReply(403, 'The header x-otelier: 1 is missing, which no foreign page can send.');
    return jsonReply(await change(request, parts));
  }
  const endpoint = endpoints.find(({ path: pattern }) => pattern.test(path));
  const isOther = path === '/api/status' || path === '/api/live';
  if (endpoint === undefined && !isOther) return errorReply(404, `There is no ${path.slice(0, 200)}. docs/viewer.md names what there is.`);
  if (request.method !== 'GET' && request.method !== 'HEAD') return notAllowed(request, 'GET, HEAD');
  if (endpoint !== undefined) return readOnly(parts, endpoint, path, search);
  if (path === '/api/status') {
    parseParameters(search, []);
    return jsonReply(await parts.status());
  }
  const query = parseParameters(search, ['signals', 'service', 'level']) as LiveQuery;
  if (request.method === 'HEAD') return { status: 200, headers: { 'content-type': 'text/event-stream' } };
  return parts.live.listen(response, query) ? undefined : errorReply(503, 'Too many pages listen already.', { 'retry-after': '5' });
}

async function readOnly({ store }: PageParts, endpoint: Endpoint, path: string, search: URLSearchParams): Promise<Reply> {
  const { name, parameters, inPath, download, path: pattern } = endpoint;
  const query = parseParameters(search, parameters);
  const id = pattern.exec(path)?.[1]?.toLowerCase();
  if (inPath !== undefined) query[inPath] = id;
  const json = await store.ask({ name, query });
  if (json === undefined)
    return errorReply(404, `There is nothing at ${path.slice(0, 200)} (any more): the oldest data goes first when a limit is reached.`);
  const reply = { ...jsonReply(json), isOnce: true };
  if (download === undefined) return reply;
  return { ...reply, headers: { ...reply.headers, 'content-disposition': `attachment; filename="trace-${id}.${download}.json"` } };
}

type Change = (request: IncomingMessage, parts: PageParts) => Promise<unknown>;

/** What changes something, or takes a body. */
const changes: Readonly<Record<string, Change>> = Object.assign(Object.create(null) as object, {
  '/api/clear': async (_request: IncomingMessage, { store, live }: PageParts) => {
    await store.clear();
    live.cleared();
    return { cleared: true };
  },
  '/api/import': async (request: IncomingMessage, { store }: PageParts) => importJson(store, await readBody(request, MAX_IMPORT_BYTES)),
  '/api/query': async (request: IncomingMessage, { runSql }: PageParts) => {
    const { sql, limit = 1000 } = parseBody(await readBody(request, MAX_QUERY_BYTES));
    if (typeof sql !== 'string') throw new ParameterError('The body must be JSON: {"sql": "SELECT …", "limit": 1000}.');
    if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > 10_000)
      throw new ParameterError('limit must be a whole number from 1 to 10000.');
    return runSql(sql, limit);
  },
});

function parseBody(body: Buffer): { readonly sql?: unknown; readonly limit?: unknown } {
  try {
    const value = JSON.parse(body.toString()) as unknown;
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function notAllowed({ method }: IncomingMessage, allow: string): Reply {
  return errorReply(405, `${method} is not allowed here; ${allow} is.`, { allow });
}
