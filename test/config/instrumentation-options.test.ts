import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createOptionVariables, formatOptionVariable } from '../../src/config/instrumentation-options.ts';
import type { Env } from '../../src/config/types.ts';
import { INSTRUMENTATIONS, messagesOf, resolve } from './sources.ts';

const FILE = 'OTELIER_INSTRUMENTATIONS_FILE';
const ENABLED = 'OTEL_NODE_ENABLED_INSTRUMENTATIONS';
const instrumentationsOf = (env: Env, files = {}) => resolve(env, files).config.instrumentations;

test('names of options are written as variables', () => {
  assert.equal(formatOptionVariable('pg', 'enhancedDatabaseReporting'), 'OTELIER_INSTRUMENTATION_PG_ENHANCED_DATABASE_REPORTING');
  assert.equal(formatOptionVariable('socket.io', 'traceReserved'), 'OTELIER_INSTRUMENTATION_SOCKET_IO_TRACE_RESERVED');
  assert.equal(formatOptionVariable('aws-sdk', 'x'), 'OTELIER_INSTRUMENTATION_AWS_SDK_X');
  assert.equal(formatOptionVariable('mysql2', 'dbURLParser2x'), 'OTELIER_INSTRUMENTATION_MYSQL2_DB_URL_PARSER2X');
});

test('each option of the table has its own variable', () => {
  const count = Object.values(INSTRUMENTATIONS).reduce((sum, options) => sum + Object.keys(options).length, 0);
  assert.equal(createOptionVariables(INSTRUMENTATIONS).size, count);
});

test('lists take short and long names, in any case', () => {
  const { enabled, disabled } = instrumentationsOf({
    [ENABLED]: 'pg, @opentelemetry/instrumentation-http,Socket.IO',
    OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'instrumentation-pg',
  });
  assert.deepEqual([...enabled!], ['pg', 'http', 'socket.io']);
  assert.deepEqual([...disabled], ['pg']);
});

test('none enables nothing', () => {
  assert.deepEqual([...instrumentationsOf({ [ENABLED]: 'none' }).enabled!], []);
  assert.deepEqual(messagesOf({ [ENABLED]: 'none' }), []);
  assert.equal(instrumentationsOf({ [ENABLED]: ',' }).enabled, undefined);
});

test('variables set options of every kind', () => {
  const env = {
    OTELIER_INSTRUMENTATION_PG_ENHANCED_DATABASE_REPORTING: 'TRUE',
    OTELIER_INSTRUMENTATION_HTTP_SERVER_NAME: 'shop',
    OTELIER_INSTRUMENTATION_HTTP_KNOWN_METHODS: 'GET, POST',
    OTELIER_INSTRUMENTATION_HTTP_HEADERS_TO_SPAN_ATTRIBUTES: '{"server":{"requestHeaders":["x"]}}',
    OTELIER_INSTRUMENTATION_REDIS_MAX_LENGTH: '1.5',
    OTELIER_INSTRUMENTATION_REDIS_MODE: 'Full',
    OTELIER_INSTRUMENTATION_SOCKET_IO_TRACE_RESERVED: 'false',
    OTELIER_INSTRUMENTATION_RUNTIME_NODE_MONITORING_PRECISION: '10',
  };
  assert.deepEqual(messagesOf(env), []);
  assert.deepEqual(instrumentationsOf(env).options, {
    pg: { enhancedDatabaseReporting: true },
    http: { serverName: 'shop', knownMethods: ['GET', 'POST'], headersToSpanAttributes: { server: { requestHeaders: ['x'] } } },
    redis: { maxLength: 1.5, mode: 'full' },
    'socket.io': { traceReserved: false },
    'runtime-node': { monitoringPrecision: 10 },
  });
});

test('the file sets options, and a variable beats it', () => {
  const files = {
    'o.json':
      '\ufeff{ "pg": { "enhancedDatabaseReporting": true, "requireParentSpan": true }, "@opentelemetry/instrumentation-redis": { "mode": "short" } }',
  };
  const env = { [FILE]: 'o.json', OTELIER_INSTRUMENTATION_PG_REQUIRE_PARENT_SPAN: 'false' };
  assert.deepEqual(instrumentationsOf(env, files).options, {
    pg: { enhancedDatabaseReporting: true, requireParentSpan: false },
    redis: { mode: 'short' },
  });
  assert.deepEqual(messagesOf(env, files), []);
});

suite('what is wrong is told, and the rest goes on', () => {
  const table: readonly (readonly [env: Env, file: string | undefined, message: string])[] = [
    [
      { [ENABLED]: 'pgg,http' },
      undefined,
      'OTEL_NODE_ENABLED_INSTRUMENTATIONS names "pgg"; only instrumentations that otelier has are allowed. Using http. Did you mean pg?',
    ],
    [
      { [ENABLED]: '@opentelemetry/instrumentation-expres' },
      undefined,
      'OTEL_NODE_ENABLED_INSTRUMENTATIONS names "@opentelemetry/instrumentation-expres"; only instrumentations that otelier has are allowed. No instrumentation is on. Did you mean express?',
    ],
    [
      { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'zzzzzzz' },
      undefined,
      'OTEL_NODE_DISABLED_INSTRUMENTATIONS names "zzzzzzz"; only instrumentations that otelier has are allowed. Nothing is switched off by it. Use short names such as http, express or pg.',
    ],
    [
      { OTELIER_INSTRUMENTATION_PG_REQUIRE_PARENT_SPAN: 'yes' },
      undefined,
      'OTELIER_INSTRUMENTATION_PG_REQUIRE_PARENT_SPAN is "yes"; only true or false is allowed. It is ignored. Set it to true or false.',
    ],
    [
      { OTELIER_INSTRUMENTATION_REDIS_MODE: 'ful' },
      undefined,
      'OTELIER_INSTRUMENTATION_REDIS_MODE is "ful"; allowed: short, full. It is ignored. Did you mean full?',
    ],
    [
      { OTELIER_INSTRUMENTATION_HTTP_HEADERS_TO_SPAN_ATTRIBUTES: '{SECRET' },
      undefined,
      'OTELIER_INSTRUMENTATION_HTTP_HEADERS_TO_SPAN_ATTRIBUTES is not right; a JSON object is allowed. It is ignored. Mend its JSON (line 1 column 2).',
    ],
    [
      { OTELIER_INSTRUMENTATION_PG_REQUIRE_PARENT: 'true' },
      undefined,
      'OTELIER_INSTRUMENTATION_PG_REQUIRE_PARENT is not an option that otelier knows. It is ignored. Did you mean OTELIER_INSTRUMENTATION_PG_REQUIRE_PARENT_SPAN?',
    ],
    [
      { OTELIER_INSTRUMENTATION_PG_ENABLED: 'false' },
      undefined,
      'OTELIER_INSTRUMENTATION_PG_ENABLED is not an option that otelier knows. It is ignored. Name pg in OTEL_NODE_ENABLED_INSTRUMENTATIONS or OTEL_NODE_DISABLED_INSTRUMENTATIONS instead.',
    ],
    [
      { OTELIER_INSTRUMENTATION_Q_Z: 'x' },
      undefined,
      'OTELIER_INSTRUMENTATION_Q_Z is not an option that otelier knows. It is ignored. Its form is OTELIER_INSTRUMENTATION_<NAME>_<OPTION>.',
    ],
    [
      { [FILE]: '/no/o.json' },
      undefined,
      'OTELIER_INSTRUMENTATIONS_FILE names the file "/no/o.json", which cannot be read (ENOENT). Going on without it. Check the path and its permissions.',
    ],
    [
      { [FILE]: 'o.json' },
      '{ "pg": SECRET }',
      'o.json is not what OTELIER_INSTRUMENTATIONS_FILE takes; a JSON object is allowed. Going on without it. Mend its JSON.',
    ],
    [
      { [FILE]: 'o.json' },
      '[]',
      'o.json is not what OTELIER_INSTRUMENTATIONS_FILE takes; a JSON object is allowed, and this is a list. Going on without it. Put it between { and }.',
    ],
    [
      { [FILE]: 'o.json' },
      '{ "pgg": {} }',
      'o.json names "pgg"; only instrumentations that otelier has are allowed. That entry is ignored. Did you mean pg?',
    ],
    [
      { [FILE]: 'o.json' },
      '{ "pg": true }',
      'o.json gives pg true; an object of options is allowed. That entry is ignored. Write { "pg": { ... } }.',
    ],
    [
      { [FILE]: 'o.json' },
      '{ "pg": { "requireParentSpan": "SECRET" } }',
      'o.json sets pg.requireParentSpan to a text; true or false is allowed. It is ignored. Correct or remove it.',
    ],
    [
      { [FILE]: 'o.json' },
      '{ "redis": { "mode": "SECRET" } }',
      'o.json sets redis.mode to a text; one of short, full is allowed. It is ignored. Correct or remove it.',
    ],
    [
      { [FILE]: 'o.json' },
      '{ "pg": { "requireParent": true } }',
      'o.json sets pg.requireParent, which pg does not have. It is ignored. Did you mean requireParentSpan?',
    ],
    [
      { [FILE]: 'o.json' },
      '{ "express": { "x": 1 } }',
      'o.json sets express.x, which express does not have. It is ignored. express has no options.',
    ],
    [
      { [FILE]: 'o.json' },
      '{ "pg": { "__proto__": 1, "enabled": false } }',
      'o.json sets pg.__proto__, which pg does not have. It is ignored. Its options: enhancedDatabaseReporting, requireParentSpan.\no.json sets pg.enabled, which pg does not have. It is ignored. Name pg in OTEL_NODE_ENABLED_INSTRUMENTATIONS or OTEL_NODE_DISABLED_INSTRUMENTATIONS instead.',
    ],
  ];
  for (const [env, file, message] of table) {
    test(message, () => {
      const files = file === undefined ? {} : { 'o.json': file };
      // Beside what is wrong, something that is right.
      const right = { OTELIER_INSTRUMENTATION_AWS_SDK_SUPPRESS_INTERNAL_INSTRUMENTATION: 'true' };
      assert.equal(messagesOf({ ...env, ...right }, files).join('\n'), message);
      assert.deepEqual(instrumentationsOf({ ...env, ...right }, files).options['aws-sdk'], { suppressInternalInstrumentation: true });
    });
  }
});
