/** The receiver alone, which decodes what comes and keeps nothing: what the viewer's ingest is compared with. */
import { startReceiver } from '../../src/otlp/receiver.ts';

const receiver = await startReceiver({ keep: false });
process.stderr.write(`page ${receiver.url}/\nOTLP ${receiver.url}\n`);
process.once('SIGTERM', () => void receiver.close());
