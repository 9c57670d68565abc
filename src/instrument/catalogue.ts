/**
 * The table of everything that can be instrumented: which package does it, what modules wake it, and how it behaves in quiet mode.
 * Read by the module hooks (what to look for), by the configuration (which names exist) and by the documentation.
 */

export interface CatalogueEntry {
  /** Short name, as `OTEL_NODE_ENABLED_INSTRUMENTATIONS` uses it: `pg`, `aws-sdk`, `socket.io`. */
  readonly name: string;
  /** The package that holds the instrumentation; `otelier` for what is all our own. */
  readonly package: string;
  /** The class it exports; empty for what is all our own. */
  readonly exportName: string;
  /** Modules whose loading activates it, builtins bare (`http`). Empty: nothing to wait for, it is active from the start. */
  readonly targets: readonly string[];
  /**
   * `layer`: its spans are inner steps of a unit of work that has a span already (middleware, an ORM over a traced driver, a pool, fs).
   * Quiet mode gives none of these spans but keeps the side effects, such as `http.route`.
   */
  readonly kind: 'service' | 'layer';
  /**
   * Upstream's package gives nothing but the spans of a layer: what else is to be had (routes, errors) is our own work, or that of the layers below.
   * Quiet mode does not load it.
   */
  readonly spansOnly: boolean;
  /** `off`: only when named in `OTEL_NODE_ENABLED_INSTRUMENTATIONS`, or in verbose mode. */
  readonly default: 'on' | 'off';
  /** Options in every mode, without which it would do nothing. The user's own options win. */
  readonly always: Readonly<Record<string, unknown>>;
  /** Options in quiet mode, so that each unit of work has one span. The user's own options win. */
  readonly quiet: Readonly<Record<string, unknown>>;
  /**
   * Names of a service's spans that are inner steps all the same (opening a connection, one round trip of a call): quiet mode treats these as a layer's.
   * Preferred to an option that skips them, where skipping also skips the binding of callbacks to their context.
   */
  readonly inner: RegExp | undefined;
  /** Environment variables without which it does nothing: it is not loaded unless all are set. */
  readonly needs: readonly string[];
}

type Details = Partial<Omit<CatalogueEntry, 'name' | 'exportName' | 'targets'>>;

const plain = { kind: 'service', spansOnly: false, default: 'on', always: {}, quiet: {}, inner: undefined, needs: [] } as const;

const spansOnly: Details = { kind: 'layer', spansOnly: true };

function upstream(name: string, exportName: string, targets: readonly string[], details: Details = {}): CatalogueEntry {
  return { name, package: `@opentelemetry/instrumentation-${name}`, exportName, targets, ...plain, ...details };
}

/** Ours: a log bridge, or spans by diagnostics channels. */
function own(name: string, targets: readonly string[], details: Details = {}): CatalogueEntry {
  return upstream(name, '', targets, { package: 'otelier', ...details });
}

export const catalogue: readonly CatalogueEntry[] = [
  upstream('amqplib', 'AmqplibInstrumentation', ['amqplib']),
  // Its target is the handler's own file, which only these variables name.
  upstream('aws-lambda', 'AwsLambdaInstrumentation', [], { needs: ['LAMBDA_TASK_ROOT', '_HANDLER'] }),
  upstream(
    'aws-sdk',
    'AwsInstrumentation',
    ['@aws-sdk/middleware-stack', '@smithy/middleware-stack', '@smithy/core', '@aws-sdk/smithy-client', '@smithy/smithy-client'],
    { quiet: { suppressInternalInstrumentation: true } },
  ),
  own('bunyan', ['bunyan']),
  upstream('cassandra-driver', 'CassandraDriverInstrumentation', ['cassandra-driver']),
  upstream('connect', 'ConnectInstrumentation', ['connect'], { kind: 'layer' }),
  own('console', [], { default: 'off' }),
  upstream('cucumber', 'CucumberInstrumentation', ['@cucumber/cucumber']),
  upstream('dataloader', 'DataloaderInstrumentation', ['dataloader'], { kind: 'layer' }),
  upstream('dns', 'DnsInstrumentation', ['dns', 'dns/promises'], { kind: 'layer', default: 'off' }),
  // Express 5 is built on the package `router`.
  upstream('express', 'ExpressInstrumentation', ['express', 'router'], spansOnly),
  // It waits on the channel `fastify.initialization`, so being loaded with fastify is early enough.
  upstream('fastify', 'FastifyOtelInstrumentation', ['fastify'], {
    package: '@fastify/otel',
    ...spansOnly,
    always: { registerOnInitialization: true },
  }),
  upstream('fs', 'FsInstrumentation', ['fs', 'fs/promises'], { kind: 'layer', default: 'off' }),
  upstream('generic-pool', 'GenericPoolInstrumentation', ['generic-pool'], { kind: 'layer' }),
  upstream('graphql', 'GraphQLInstrumentation', ['graphql'], { kind: 'layer', quiet: { ignoreResolveSpans: true } }),
  upstream('grpc', 'GrpcInstrumentation', ['@grpc/grpc-js']),
  upstream('hapi', 'HapiInstrumentation', ['@hapi/hapi'], spansOnly),
  upstream('host-metrics', 'HostMetricsInstrumentation', [], { default: 'off' }),
  // For the client side; the server's is our own.
  upstream('http', 'HttpInstrumentation', ['https', 'http']),
  upstream('ioredis', 'IORedisInstrumentation', ['ioredis'], { inner: /^connect$/ }),
  upstream('kafkajs', 'KafkaJsInstrumentation', ['kafkajs']),
  upstream('knex', 'KnexInstrumentation', ['knex'], { kind: 'layer' }),
  upstream('koa', 'KoaInstrumentation', ['koa'], spansOnly),
  upstream('lru-memoizer', 'LruMemoizerInstrumentation', ['lru-memoizer'], { kind: 'layer' }),
  upstream('memcached', 'MemcachedInstrumentation', ['memcached']),
  upstream('mongodb', 'MongoDBInstrumentation', ['mongodb']),
  upstream('mongoose', 'MongooseInstrumentation', ['mongoose'], { kind: 'layer' }),
  upstream('mysql', 'MySQLInstrumentation', ['mysql']),
  upstream('mysql2', 'MySQL2Instrumentation', ['mysql2']),
  upstream('nestjs-core', 'NestInstrumentation', ['@nestjs/core'], spansOnly),
  upstream('net', 'NetInstrumentation', ['net'], { kind: 'layer', default: 'off' }),
  upstream('openai', 'OpenAIInstrumentation', ['openai']),
  upstream('oracledb', 'OracleInstrumentation', ['oracledb'], {
    inner: /^oracledb\.(\w+Message|createPool|getConnection|Pool\.\w+|Connection\.close)$/,
  }),
  // Not `ignoreConnectSpans`: it leaves a waiting `connect` callback in the context of whoever releases the connection, and the query lands in that trace.
  upstream('pg', 'PgInstrumentation', ['pg', 'pg-pool'], { inner: /^(pg|pg-pool)\.connect$/ }),
  own('pino', ['pino']),
  upstream('redis', 'RedisInstrumentation', ['redis', '@redis/client', '@node-redis/client'], { inner: /^redis-connect$/ }),
  upstream('restify', 'RestifyInstrumentation', ['restify'], spansOnly),
  upstream('router', 'RouterInstrumentation', ['router'], spansOnly),
  own('runtime-node', []),
  upstream('socket.io', 'SocketIoInstrumentation', ['socket.io']),
  upstream('tedious', 'TediousInstrumentation', ['tedious']),
  // Diagnostics channels, for the global `fetch` too, which no module loading announces: active from the start.
  own('undici', []),
  own('winston', ['winston']),
];
