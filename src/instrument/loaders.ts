/**
 * How each instrumentation is got out of the bundle: one lazy `require` a row, so that a module is evaluated only when its target is used.
 */
import { createRequire } from 'node:module';
import type { Instrumentation } from '@opentelemetry/instrumentation';

const require = createRequire(import.meta.url);

type InstrumentationClass = new (config: Record<string, unknown>) => Instrumentation;

const load = (module: unknown, name: string): InstrumentationClass =>
  (module as Record<string, InstrumentationClass>)[name] as InstrumentationClass;

export const loaders: Readonly<Record<string, () => InstrumentationClass>> = {
  amqplib: () => load(require('@opentelemetry/instrumentation-amqplib'), 'AmqplibInstrumentation'),
  'aws-lambda': () => load(require('@opentelemetry/instrumentation-aws-lambda'), 'AwsLambdaInstrumentation'),
  'aws-sdk': () => load(require('@opentelemetry/instrumentation-aws-sdk'), 'AwsInstrumentation'),
  'cassandra-driver': () => load(require('@opentelemetry/instrumentation-cassandra-driver'), 'CassandraDriverInstrumentation'),
  connect: () => load(require('@opentelemetry/instrumentation-connect'), 'ConnectInstrumentation'),
  cucumber: () => load(require('@opentelemetry/instrumentation-cucumber'), 'CucumberInstrumentation'),
  dataloader: () => load(require('@opentelemetry/instrumentation-dataloader'), 'DataloaderInstrumentation'),
  dns: () => load(require('@opentelemetry/instrumentation-dns'), 'DnsInstrumentation'),
  express: () => load(require('@opentelemetry/instrumentation-express'), 'ExpressInstrumentation'),
  fastify: () => load(require('@fastify/otel'), 'FastifyOtelInstrumentation'),
  fs: () => load(require('@opentelemetry/instrumentation-fs'), 'FsInstrumentation'),
  'generic-pool': () => load(require('@opentelemetry/instrumentation-generic-pool'), 'GenericPoolInstrumentation'),
  graphql: () => load(require('@opentelemetry/instrumentation-graphql'), 'GraphQLInstrumentation'),
  grpc: () => load(require('@opentelemetry/instrumentation-grpc'), 'GrpcInstrumentation'),
  hapi: () => load(require('@opentelemetry/instrumentation-hapi'), 'HapiInstrumentation'),
  'host-metrics': () => load(require('../lazy/host-metrics.ts'), 'HostMetricsInstrumentation'),
  http: () => load(require('@opentelemetry/instrumentation-http'), 'HttpInstrumentation'),
  ioredis: () => load(require('@opentelemetry/instrumentation-ioredis'), 'IORedisInstrumentation'),
  kafkajs: () => load(require('@opentelemetry/instrumentation-kafkajs'), 'KafkaJsInstrumentation'),
  knex: () => load(require('@opentelemetry/instrumentation-knex'), 'KnexInstrumentation'),
  koa: () => load(require('@opentelemetry/instrumentation-koa'), 'KoaInstrumentation'),
  'lru-memoizer': () => load(require('@opentelemetry/instrumentation-lru-memoizer'), 'LruMemoizerInstrumentation'),
  memcached: () => load(require('@opentelemetry/instrumentation-memcached'), 'MemcachedInstrumentation'),
  mongodb: () => load(require('@opentelemetry/instrumentation-mongodb'), 'MongoDBInstrumentation'),
  mongoose: () => load(require('@opentelemetry/instrumentation-mongoose'), 'MongooseInstrumentation'),
  mysql: () => load(require('@opentelemetry/instrumentation-mysql'), 'MySQLInstrumentation'),
  mysql2: () => load(require('@opentelemetry/instrumentation-mysql2'), 'MySQL2Instrumentation'),
  'nestjs-core': () => load(require('@opentelemetry/instrumentation-nestjs-core'), 'NestInstrumentation'),
  net: () => load(require('@opentelemetry/instrumentation-net'), 'NetInstrumentation'),
  openai: () => load(require('@opentelemetry/instrumentation-openai'), 'OpenAIInstrumentation'),
  oracledb: () => load(require('@opentelemetry/instrumentation-oracledb'), 'OracleInstrumentation'),
  pg: () => load(require('@opentelemetry/instrumentation-pg'), 'PgInstrumentation'),
  redis: () => load(require('@opentelemetry/instrumentation-redis'), 'RedisInstrumentation'),
  restify: () => load(require('@opentelemetry/instrumentation-restify'), 'RestifyInstrumentation'),
  router: () => load(require('@opentelemetry/instrumentation-router'), 'RouterInstrumentation'),
  'socket.io': () => load(require('@opentelemetry/instrumentation-socket.io'), 'SocketIoInstrumentation'),
  tedious: () => load(require('@opentelemetry/instrumentation-tedious'), 'TediousInstrumentation'),
};
