/** A bundle of its own: the SDK with its declarative configuration, gRPC and YAML, loaded only for `OTEL_CONFIG_FILE`. */
export { diag } from '@opentelemetry/api';
export { startNodeSdk } from '@opentelemetry/sdk-node';
