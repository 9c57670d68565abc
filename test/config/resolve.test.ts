import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Config, Env, OtlpTarget } from '../../src/config/types.ts';
import { VARIABLES } from '../../src/config/variables.ts';
import { messagesOf, resolve } from './sources.ts';

const MAX_TIMER_MS = 2_147_483_647;

test('an empty environment gives the defaults and no problem', () => {
  const otlp = (path: string): OtlpTarget => ({
    protocol: 'http/protobuf',
    url: `http://localhost:4318/v1/${path}`,
    headers: {},
    timeoutMs: 10_000,
    compression: 'none',
    tls: {},
  });
  const { config, problems } = resolve({});
  assert.deepEqual(problems, []);
  const { resource, instrumentations, http, ...rest } = config;
  assert.equal([...http.knownMethods].join(), 'GET,HEAD,POST,PUT,DELETE,CONNECT,OPTIONS,TRACE,PATCH,QUERY');
  const none = { request: [], response: [] };
  assert.deepEqual(http.captureHeaders, { server: none, client: none });
  assert.equal(resource.serviceName, undefined);
  assert.deepEqual(resource.attributes, {});
  assert.deepEqual([...resource.detectors], ['env', 'host', 'os', 'process', 'serviceinstance', 'container']);
  assert.equal(instrumentations.enabled, undefined);
  assert.deepEqual([...instrumentations.disabled], []);
  assert.equal(instrumentations.verbose, false);
  assert.deepEqual(instrumentations.options, {});
  assert.deepEqual(rest, {
    disabled: false,
    logLevel: 'info',
    engine: 'lean',
    configFile: undefined,
    propagators: ['tracecontext', 'baggage'],
    traces: {
      otlp: otlp('traces'),
      console: false,
      sampler: { name: 'parentbased_always_on', ratio: 1 },
      batch: { scheduleDelayMs: 5000, exportTimeoutMs: 30_000, maxQueueSize: 2048, maxExportBatchSize: 512 },
      limits: {
        attributeValueLengthLimit: undefined,
        attributeCountLimit: 128,
        eventCountLimit: 128,
        linkCountLimit: 128,
        attributePerEventCountLimit: 128,
        attributePerLinkCountLimit: 128,
      },
    },
    metrics: {
      otlp: otlp('metrics'),
      console: false,
      prometheus: undefined,
      exportIntervalMs: 60_000,
      exportTimeoutMs: 30_000,
      temporality: 'cumulative',
      histogram: 'explicit_bucket_histogram',
      cardinalityLimit: 2000,
      exemplarFilter: 'trace_based',
      selfMetrics: true,
    },
    logs: {
      otlp: otlp('logs'),
      console: false,
      batch: { scheduleDelayMs: 1000, exportTimeoutMs: 30_000, maxQueueSize: 2048, maxExportBatchSize: 512 },
      limits: { attributeValueLengthLimit: undefined, attributeCountLimit: 128 },
    },
    consoleLogs: false,
    codeCache: true,
    workerThreads: false,
    shutdownTimeoutMs: 2000,
  } satisfies Omit<Config, 'resource' | 'instrumentations' | 'http'>);
});

test('empty values are the same as none', () => {
  const env = Object.fromEntries([...VARIABLES.keys()].map((name, index) => [name, index % 2 === 0 ? '' : '  ']));
  assert.deepEqual(resolve({ ...env, OTELIER_UNKNOWN: '' }), resolve({}));
});

test('each default of the table is what setting it would give', () => {
  const rows = [...VARIABLES].filter(([name, { default: value }]) => value !== undefined && name !== 'OTEL_TRACES_SAMPLER_ARG');
  for (const [name, { default: value }] of rows.filter(([name]) => !/_(TRACES|METRICS|LOGS)_ENDPOINT$/.test(name))) {
    assert.deepEqual(resolve({ [name]: String(value) }), resolve({}), name);
  }
});

suite('one variable sets one thing', () => {
  const table: readonly (readonly [env: Env, pick: (config: Config) => unknown, expected: unknown])[] = [
    [{ OTEL_SDK_DISABLED: 'TRUE' }, (config) => config.disabled, true],
    [{ OTEL_LOG_LEVEL: 'DEBUG' }, (config) => config.logLevel, 'debug'],
    [{ OTEL_LOG_LEVEL: 'none' }, (config) => config.logLevel, 'none'],
    [{ OTELIER_ENGINE: 'SDK' }, (config) => config.engine, 'sdk'],
    [{ OTEL_METRICS_EXEMPLAR_FILTER: 'always_off' }, (config) => config.metrics?.exemplarFilter, 'always_off'],
    [{ OTEL_CONFIG_FILE: ' /etc/otel.yaml ' }, (config) => config.configFile, '/etc/otel.yaml'],
    [{ OTEL_SERVICE_NAME: 'shop' }, (config) => config.resource.serviceName, 'shop'],
    [{ OTEL_RESOURCE_ATTRIBUTES: 'service.name=cart,a=b' }, (config) => config.resource.serviceName, 'cart'],
    [{ OTEL_RESOURCE_ATTRIBUTES: 'service.name=,a=b' }, (config) => config.resource.serviceName, undefined],
    [{ OTEL_RESOURCE_ATTRIBUTES: 'service.name=cart', OTEL_SERVICE_NAME: 'shop' }, (config) => config.resource.serviceName, 'shop'],
    [{ OTEL_RESOURCE_ATTRIBUTES: 'team=a%2Cb' }, (config) => config.resource.attributes, { team: 'a,b' }],
    [{ OTEL_NODE_RESOURCE_DETECTORS: 'none' }, (config) => [...config.resource.detectors], []],
    [{ OTEL_NODE_RESOURCE_DETECTORS: 'host,aws' }, (config) => [...config.resource.detectors], ['host', 'aws']],
    [{ OTEL_NODE_RESOURCE_DETECTORS: 'all' }, (config) => config.resource.detectors.size, 10],
    [{ OTEL_PROPAGATORS: 'b3, xray,b3' }, (config) => config.propagators, ['b3', 'xray']],
    [{ OTEL_PROPAGATORS: 'none' }, (config) => config.propagators, []],
    [{ OTEL_TRACES_EXPORTER: 'none' }, (config) => config.traces, undefined],
    [{ OTEL_METRICS_EXPORTER: 'none' }, (config) => config.metrics, undefined],
    [{ OTEL_LOGS_EXPORTER: 'none' }, (config) => config.logs, undefined],
    [{ OTEL_TRACES_EXPORTER: 'console' }, (config) => [config.traces?.otlp, config.traces?.console], [undefined, true]],
    [{ OTEL_LOGS_EXPORTER: 'console,otlp' }, (config) => [config.logs?.otlp?.protocol, config.logs?.console], ['http/protobuf', true]],
    [
      { OTEL_METRICS_EXPORTER: 'prometheus' },
      (config) => [config.metrics?.otlp, config.metrics?.prometheus],
      [undefined, { host: 'localhost', port: 9464 }],
    ],
    [
      { OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_HOST: '0.0.0.0', OTEL_EXPORTER_PROMETHEUS_PORT: '0' },
      (config) => config.metrics?.prometheus,
      { host: '0.0.0.0', port: 0 },
    ],
    [
      { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' },
      (config) => config.traces?.sampler,
      { name: 'traceidratio', ratio: 0.25 },
    ],
    [
      { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio' },
      (config) => config.traces?.sampler,
      { name: 'parentbased_traceidratio', ratio: 1 },
    ],
    [{ OTEL_BSP_SCHEDULE_DELAY: '10' }, (config) => config.traces?.batch.scheduleDelayMs, 10],
    [{ OTEL_BSP_EXPORT_TIMEOUT: '0' }, (config) => config.traces?.batch.exportTimeoutMs, MAX_TIMER_MS],
    [
      { OTEL_BLRP_MAX_QUEUE_SIZE: '100' },
      (config) => config.logs?.batch,
      { scheduleDelayMs: 1000, exportTimeoutMs: 30_000, maxQueueSize: 100, maxExportBatchSize: 100 },
    ],
    [
      { OTEL_METRIC_EXPORT_INTERVAL: '1000' },
      (config) => [config.metrics?.exportIntervalMs, config.metrics?.exportTimeoutMs],
      [1000, 1000],
    ],
    [{ OTEL_METRIC_EXPORT_TIMEOUT: '0' }, (config) => config.metrics?.exportTimeoutMs, 60_000],
    [{ OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'Delta' }, (config) => config.metrics?.temporality, 'delta'],
    [
      { OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: 'base2_exponential_bucket_histogram' },
      (config) => config.metrics?.histogram,
      'base2_exponential_bucket_histogram',
    ],
    [{ OTELIER_METRICS_CARDINALITY_LIMIT: '5' }, (config) => config.metrics?.cardinalityLimit, 5],
    [{ OTELIER_SELF_METRICS: 'false' }, (config) => config.metrics?.selfMetrics, false],
    [
      { OTEL_ATTRIBUTE_COUNT_LIMIT: '7' },
      (config) => [
        config.traces?.limits.attributeCountLimit,
        config.traces?.limits.attributePerLinkCountLimit,
        config.logs?.limits.attributeCountLimit,
      ],
      [7, 7, 7],
    ],
    [
      { OTEL_ATTRIBUTE_COUNT_LIMIT: '7', OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '0' },
      (config) => [config.traces?.limits.attributeCountLimit, config.logs?.limits.attributeCountLimit],
      [0, 7],
    ],
    [
      { OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '9', OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT: '8' },
      (config) => [config.traces?.limits.attributeValueLengthLimit, config.logs?.limits.attributeValueLengthLimit],
      [9, 8],
    ],
    [
      { OTEL_SPAN_EVENT_COUNT_LIMIT: '1', OTEL_SPAN_LINK_COUNT_LIMIT: '2', OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: '3' },
      (config) => [
        config.traces?.limits.eventCountLimit,
        config.traces?.limits.linkCountLimit,
        config.traces?.limits.attributePerEventCountLimit,
      ],
      [1, 2, 3],
    ],
    [{ OTELIER_CONSOLE_LOGS: 'true' }, (config) => config.consoleLogs, true],
    [{ OTELIER_WORKER_THREADS: 'true' }, (config) => config.workerThreads, true],
    [{ OTELIER_SHUTDOWN_TIMEOUT: '0' }, (config) => config.shutdownTimeoutMs, 0],
    [{ OTELIER_VERBOSE_SPANS: 'true' }, (config) => config.instrumentations.verbose, true],
    [{ OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS: 'GET, PURGE' }, (config) => [...config.http.knownMethods], ['GET', 'PURGE']],
    [
      {
        OTEL_INSTRUMENTATION_HTTP_SERVER_CAPTURE_REQUEST_HEADERS: 'X-Tenant, x-tenant,Accept',
        OTEL_INSTRUMENTATION_HTTP_SERVER_CAPTURE_RESPONSE_HEADERS: 'ETag',
        OTEL_INSTRUMENTATION_HTTP_CLIENT_CAPTURE_REQUEST_HEADERS: 'X-Out',
        OTEL_INSTRUMENTATION_HTTP_CLIENT_CAPTURE_RESPONSE_HEADERS: 'X-In',
      },
      (config) => config.http.captureHeaders,
      { server: { request: ['x-tenant', 'accept'], response: ['etag'] }, client: { request: ['x-out'], response: ['x-in'] } },
    ],
  ];
  for (const [env, pick, expected] of table) {
    test(
      Object.entries(env)
        .map(([name, value]) => `${name}=${value}`)
        .join(' '),
      () => {
        const { config, problems } = resolve(env);
        assert.deepEqual(problems, []);
        assert.deepEqual(pick(config), expected);
      },
    );
  }
});

suite('what is wrong is told, and the default holds', () => {
  const table: readonly (readonly [env: Env, message: string, pick: (config: Config) => unknown, expected: unknown])[] = [
    [
      { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '2' },
      'OTEL_TRACES_SAMPLER_ARG is "2"; a ratio is 0 to 1. Sampling everything. Set it to 0.1 for 10%.',
      (config) => config.traces?.sampler.ratio,
      1,
    ],
    [
      { OTEL_TRACES_SAMPLER_ARG: '0.5' },
      'OTEL_TRACES_SAMPLER_ARG is "0.5", but the sampler parentbased_always_on takes no argument; only traceidratio and parentbased_traceidratio do. It is ignored. Set OTEL_TRACES_SAMPLER=parentbased_traceidratio to sample by ratio, or remove it.',
      (config) => config.traces?.sampler,
      { name: 'parentbased_always_on', ratio: 1 },
    ],
    [
      { OTEL_TRACES_SAMPLER: 'alway_on' },
      'OTEL_TRACES_SAMPLER is "alway_on"; allowed: always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off, parentbased_traceidratio. Using parentbased_always_on. Did you mean always_on?',
      (config) => config.traces?.sampler.name,
      'parentbased_always_on',
    ],
    [
      { OTEL_SDK_DISABLED: '1' },
      'OTEL_SDK_DISABLED is "1"; only true or false is allowed. Telemetry stays on. Set it to true or false.',
      (config) => config.disabled,
      false,
    ],
    [
      { OTEL_LOG_LEVEL: 'warning' },
      'OTEL_LOG_LEVEL is "warning"; allowed: none, error, warn, info, debug, verbose, all. Using info. Did you mean warn?',
      (config) => config.logLevel,
      'info',
    ],
    [
      { OTEL_BSP_SCHEDULE_DELAY: '5s' },
      'OTEL_BSP_SCHEDULE_DELAY is "5s"; a whole number of milliseconds from 1 to 2147483647 is allowed. Using 5000. Write it in digits only, without a unit.',
      (config) => config.traces?.batch.scheduleDelayMs,
      5000,
    ],
    [
      { OTEL_BLRP_MAX_QUEUE_SIZE: '-1' },
      'OTEL_BLRP_MAX_QUEUE_SIZE is "-1"; a whole number from 1 to 1000000 is allowed. Using 2048. Set it within that range, or remove it.',
      (config) => config.logs?.batch.maxQueueSize,
      2048,
    ],
    [
      { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '4096' },
      'OTEL_BSP_MAX_EXPORT_BATCH_SIZE is "4096"; it can be at most OTEL_BSP_MAX_QUEUE_SIZE, which is 2048. Using 2048. Lower it, or raise OTEL_BSP_MAX_QUEUE_SIZE.',
      (config) => config.traces?.batch.maxExportBatchSize,
      2048,
    ],
    [
      { OTEL_METRIC_EXPORT_TIMEOUT: '5000', OTEL_METRIC_EXPORT_INTERVAL: '1000' },
      'OTEL_METRIC_EXPORT_TIMEOUT is "5000"; it can be at most OTEL_METRIC_EXPORT_INTERVAL, which is 1000. Using 1000. Lower it, or raise OTEL_METRIC_EXPORT_INTERVAL.',
      (config) => config.metrics?.exportTimeoutMs,
      1000,
    ],
    [
      { OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: 'no' },
      'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT is "no"; a whole number from 0 to 2147483647 is allowed. It is ignored. Write it in digits only, without a unit.',
      (config) => config.logs?.limits.attributeValueLengthLimit,
      undefined,
    ],
    [
      { OTEL_ATTRIBUTE_COUNT_LIMIT: '9', OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: 'x' },
      'OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT is "x"; a whole number from 0 to 2147483647 is allowed. Using 9. Write it in digits only, without a unit.',
      (config) => config.traces?.limits.attributeCountLimit,
      9,
    ],
    [
      { OTEL_TRACES_EXPORTER: 'oltp' },
      'OTEL_TRACES_EXPORTER names "oltp"; allowed: otlp, console, none. Using otlp. Did you mean otlp?',
      (config) => config.traces?.otlp?.url,
      'http://localhost:4318/v1/traces',
    ],
    [
      { OTEL_LOGS_EXPORTER: 'console,zipkin,xyz' },
      'OTEL_LOGS_EXPORTER names "zipkin", "xyz"; allowed: otlp, console, none. Using console. Set it to some of these.',
      (config) => [config.logs?.console, config.logs?.otlp],
      [true, undefined],
    ],
    [
      { OTEL_METRICS_EXPORTER: 'otlp,none' },
      'OTEL_METRICS_EXPORTER is "otlp,none"; none cannot stand beside others. Using none. Remove none to use the others.',
      (config) => config.metrics,
      undefined,
    ],
    [
      { OTEL_PROPAGATORS: 'w3c' },
      'OTEL_PROPAGATORS names "w3c"; allowed: tracecontext, baggage, b3, b3multi, jaeger, xray, none. Using tracecontext,baggage. Set it to some of these.',
      (config) => config.propagators,
      ['tracecontext', 'baggage'],
    ],
    [
      { OTEL_RESOURCE_ATTRIBUTES: 'a=b,oops' },
      'Pair 2 of OTEL_RESOURCE_ATTRIBUTES is wrong: it has no "="; key=value pairs with commas between them are allowed. That pair is left out, the others hold. Mend or remove that pair.',
      (config) => config.resource.attributes,
      { a: 'b' },
    ],
    [
      { OTEL_SERVCE_NAME: 'x' },
      'OTEL_SERVCE_NAME is not a variable that otelier knows. It is ignored. Did you mean OTEL_SERVICE_NAME?',
      (config) => config.resource.serviceName,
      undefined,
    ],
    [
      { OTEL_EXPORTER_OTLP_HEADER: 'a=SECRET' },
      'OTEL_EXPORTER_OTLP_HEADER is not a variable that otelier knows. It is ignored. Did you mean OTEL_EXPORTER_OTLP_HEADERS?',
      (config) => config.traces?.otlp?.headers,
      {},
    ],
    [
      { OTELIER_VERBOSE: 'true' },
      'OTELIER_VERBOSE is not a variable that otelier knows. It is ignored. Look up its name in the table of variables, or remove it.',
      (config) => config.instrumentations.verbose,
      false,
    ],
    [
      { OTELIER_VERBOSE_SPAN: 'true' },
      'OTELIER_VERBOSE_SPAN is not a variable that otelier knows. It is ignored. Did you mean OTELIER_VERBOSE_SPANS?',
      (config) => config.instrumentations.verbose,
      false,
    ],
  ];
  for (const [env, message, pick, expected] of table) {
    test(message, () => {
      const { config, problems } = resolve(env);
      assert.deepEqual(
        problems.map((problem) => problem.message),
        [message],
      );
      assert.ok(Object.hasOwn(env, problems[0]!.source));
      assert.deepEqual(pick(config), expected);
    });
  }
});

test('standard variables that otelier does not use, and those of other programs, are left alone', () => {
  const names = [
    'OTEL_EXPORTER_ZIPKIN_ENDPOINT',
    'OTEL_SEMCONV_STABILITY_OPT_IN',
    'OTEL_NODE_EXPERIMENTAL_SDK_METRICS',
    'OTEL_JAVAAGENT_ENABLED',
    'OTEL_PYTHON_LOG_CORRELATION',
    'OTEL_GO_AUTO_TARGET_EXE',
    'OTEL_NODE_IP',
    'OTEL_POD_IP',
    'OTEL_RESOURCE_ATTRIBUTES_POD_NAME',
    'OTEL_EXPERIMENTAL_CONFIG_FILE',
    'OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT',
    'OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS',
    'OTEL_ENTITIES',
    'OTELCOL_CONFIG',
    'OTEL',
    'PATH',
  ];
  assert.deepEqual(messagesOf(Object.fromEntries(names.map((name) => [name, 'x']))), []);
});

test('what only a signal that is off would use is not looked at', () => {
  assert.deepEqual(
    messagesOf({ OTEL_TRACES_EXPORTER: 'none', OTEL_TRACES_SAMPLER: 'nonsense', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'nonsense' }),
    [],
  );
});

test('a problem of all three signals is told once', () => {
  assert.equal(messagesOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'nonsense', OTEL_EXPORTER_OTLP_TIMEOUT: 'x' }).length, 2);
});

test('the result is frozen all the way down', () => {
  const check = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    assert.ok(Object.isFrozen(value));
    if (value instanceof Set) assert.throws(() => value.add('x'), TypeError);
    Object.values(value).forEach(check);
  };
  check(
    resolve(
      { OTELIER_INSTRUMENTATIONS_FILE: 'f', OTEL_LOG_LEVEL: 'x' },
      { f: '{ "http": { "headersToSpanAttributes": { "server": ["a"] } } }' },
    ),
  );
});

test('the environment is not changed', () => {
  const env = Object.freeze({ OTEL_SERVICE_NAME: ' x ' });
  assert.equal(resolve(env).config.resource.serviceName, 'x');
});
