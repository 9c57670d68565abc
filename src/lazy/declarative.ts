/** A bundle of its own: the SDK with its declarative configuration, gRPC and YAML, loaded only for `OTEL_CONFIG_FILE`. */
export { startNodeSdk } from '@opentelemetry/sdk-node';
