/**
 * Express 4 and 5, and the bare `router` -> the route of a request as it was mounted (`/shop/orders/:order`), and its errors, on the server span.
 * A router forgets the patterns it was mounted under: they are kept with its layers when it is built, and put together on the way of a request.
 */
import type { Exchange } from '../http/exchange.ts';
import { exchangeOfRequest } from '../http/tie.ts';
import type { OwnInstrumentation, OwnSetup } from '../own-instrumentation.ts';

const PATTERN = Symbol('otelier.pattern');
const OWNER = Symbol('otelier.router');

interface Layer {
  readonly handle: Function;
  readonly route?: unknown;
  [PATTERN]?: string;
  [OWNER]?: object;
}
interface Router {
  readonly stack: readonly Layer[];
}
/** What express adds is `app`; the bare router's request has none. */
interface Request {
  readonly app?: unknown;
  readonly stream?: unknown;
}
type Method<This> = (this: This, ...args: never[]) => unknown;
type Methods<This> = Record<string, Method<This> | undefined>;
type Find = (request: Request) => Exchange | undefined;

export function expressRoutes({ isChosen }: OwnSetup): OwnInstrumentation {
  const express = isChosen('express');
  const bare = isChosen('router');
  const find: Find = (request) => ((request.app === undefined ? bare : express) ? exchangeOfRequest(request) : undefined);
  const patchRouter = (router: Methods<Router>): void => {
    patchRegistration(router);
    patchHandle(router, find);
  };
  const patchLayers = (exports: unknown): unknown => {
    patchLayer((exports as { prototype: Methods<Layer> }).prototype, find);
    return exports;
  };
  return {
    patches: {
      router: (exports) => {
        patchRouter((exports as { prototype: Methods<Router> }).prototype);
        return exports;
      },
      'router/lib/layer.js': patchLayers,
      // Express 4 brings a router of its own, which is its own prototype.
      'express/lib/router/index.js': (exports) => {
        patchRouter(exports as Methods<Router>);
        return exports;
      },
      'express/lib/router/layer.js': patchLayers,
    },
  };
}

function patchRegistration(router: Methods<Router>): void {
  for (const name of ['use', 'route']) {
    const register = router[name];
    if (register === undefined) continue;
    router[name] = function (this: Router, ...args: never[]) {
      const from = this.stack.length;
      const result = register.apply(this, args);
      const path = readPath(args[0]);
      for (const layer of this.stack.slice(from)) {
        layer[PATTERN] = name === 'use' && path.endsWith('/') ? path.slice(0, -1) : path;
        layer[OWNER] = this;
      }
      return result;
    };
  }
}

/** What a layer is registered for; `/` when handlers are all that is given. */
function readPath(given: unknown): string {
  let first = given;
  while (Array.isArray(first) && first.length > 0) first = first[0];
  return typeof first === 'function' ? '/' : Array.isArray(given) ? given.flat(Infinity).join(',') : String(given);
}

function patchHandle(router: Methods<Router>, find: Find): void {
  const handle = router['handle'] as (this: Router, request: Request, response: unknown, done: Function) => unknown;
  router['handle'] = function (this: Router, request: Request, response: unknown, done: Function) {
    const exchange = find(request);
    if (exchange === undefined) return handle.call(this, request, response, done);
    if (exchange.mounts !== undefined) {
      exchange.mounts.push(this, exchange.mounted);
      return handle.call(this, request, response, done);
    }
    exchange.mounts = [];
    return handle.call(this, request, response, typeof done === 'function' ? tellingErrors(done, exchange) : done);
  };
}

/** The outermost router's way out: an error that nobody handled leaves by it. */
function tellingErrors(done: Function, exchange: Exchange): Function {
  return function (this: unknown, error: unknown) {
    if (error) exchange.recordError(error);
    return Reflect.apply(done, this, arguments) as unknown;
  };
}

function patchLayer(layer: Methods<Layer>, find: Find): void {
  // Express 4 and router 1 spell them with an underscore.
  for (const name of ['handleRequest', 'handle_request']) {
    const handle = layer[name] as ((this: Layer, request: Request, ...rest: unknown[]) => unknown) | undefined;
    if (handle === undefined) continue;
    layer[name] = function (this: Layer, request: Request, response: unknown, next: unknown) {
      const pattern = this[PATTERN];
      // The layers inside a route have no pattern of their own; a handler of errors (four parameters) does not run now.
      if (pattern !== undefined && this.handle.length <= 3) {
        const exchange = find(request);
        if (exchange !== undefined) enterLayer(exchange, this, pattern);
      }
      return handle.call(this, request, response, next);
    };
  }
  for (const name of ['handleError', 'handle_error']) {
    const handle = layer[name] as ((this: Layer, error: unknown, request: Request, ...rest: unknown[]) => unknown) | undefined;
    if (handle === undefined) continue;
    layer[name] = function (this: Layer, error: unknown, request: Request, response: unknown, next: unknown) {
      find(request)?.recordError(error);
      return handle.call(this, error, request, response, next);
    };
  }
}

function enterLayer(exchange: Exchange, layer: Layer, pattern: string): void {
  const prefix = prefixOf(exchange, layer[OWNER]);
  if (!layer.route) {
    exchange.mounted = join(prefix, pattern);
    return;
  }
  exchange.mounted = prefix;
  exchange.route = pattern === '/' && prefix !== '' ? prefix : join(prefix, pattern);
}

/** Where this request met the router last. */
function prefixOf({ mounts }: Exchange, router: object | undefined): string {
  if (mounts === undefined) return '';
  for (let at = mounts.length - 2; at >= 0; at -= 2) if (mounts[at] === router) return mounts[at + 1] as string;
  return '';
}

function join(prefix: string, pattern: string): string {
  if (prefix === '' || pattern === '') return prefix + pattern;
  return pattern.charCodeAt(0) === 0x2f ? prefix + pattern : `${prefix}/${pattern}`;
}
