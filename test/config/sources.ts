/** A small table of instrumentations and files in memory, for the tests of the resolver. */
import { resolveConfig } from '../../src/config/resolve.ts';
import type { Env, InstrumentationTable, ResolvedConfig } from '../../src/config/types.ts';

export const INSTRUMENTATIONS: InstrumentationTable = {
  pg: { enhancedDatabaseReporting: 'boolean', requireParentSpan: 'boolean' },
  http: { serverName: 'string', headersToSpanAttributes: 'object', knownMethods: 'list' },
  redis: { maxLength: 'number', mode: ['short', 'full'] },
  'aws-sdk': { suppressInternalInstrumentation: 'boolean' },
  'socket.io': { traceReserved: 'boolean' },
  'runtime-node': { monitoringPrecision: 'number' },
  express: {},
};

export type Files = Readonly<Record<string, string>>;

export function resolve(env: Env, files: Files = {}): ResolvedConfig {
  const readFile = (path: string): string => {
    if (Object.hasOwn(files, path)) return files[path]!;
    throw Object.assign(new Error(`ENOENT: no such file, open '${path}'`), { code: 'ENOENT' });
  };
  return resolveConfig(env, { readFile, instrumentations: INSTRUMENTATIONS });
}

/** The messages alone. */
export function messagesOf(env: Env, files: Files = {}): readonly string[] {
  return resolve(env, files).problems.map(({ message }) => message);
}
