/** The receiver alone, which decodes what comes and keeps nothing: what the viewer's ingest is compared with. */
import { startReceiver } from '../../src/otlp/receiver.ts';

const receiver = await startReceiver({ keep: false, grpc: true });
process.stderr.write(`page ${receiver.url}/\nOTLP ${receiver.url} (HTTP), ${receiver.grpcUrl} (gRPC)\n`);
process.once('SIGTERM', () => void receiver.close());
