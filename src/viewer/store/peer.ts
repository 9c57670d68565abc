/** A client, producer or consumer span -> what it speaks to, for the map: `database:postgresql/shop`, `messaging:kafka/orders`, `external:api.bank.example:443`. */
import type { AttributeValue, SpanRecord } from '../../otlp/records.ts';

/** Undefined for spans that call nothing, and where the span does not say what. */
export function peerOf({ kind, attributes }: SpanRecord): string | undefined {
  if (kind !== 'client' && kind !== 'producer' && kind !== 'consumer') return undefined;
  const text = (...keys: readonly string[]): string => {
    for (const key of keys) if (isName(attributes[key])) return String(attributes[key]);
    return '';
  };
  const system = text('db.system.name', 'db.system');
  if (system !== '') return `database:${join(system, text('db.namespace', 'db.name') || text('server.address'))}`;
  const messaging = text('messaging.system');
  if (messaging !== '') return `messaging:${join(messaging, text('messaging.destination.name'))}`;
  if (kind === 'consumer') return undefined;
  const address = text('service.peer.name', 'peer.service', 'server.address', 'net.peer.name', 'network.peer.address');
  const port = text('server.port', 'net.peer.port');
  return address === '' ? undefined : `external:${port === '' || port === '80' || port === '443' ? address : `${address}:${port}`}`;
}

function join(system: string, name: string): string {
  return name === '' ? system : `${system}/${name}`;
}

function isName(value: AttributeValue | undefined): value is string | number {
  return (typeof value === 'string' && value !== '') || typeof value === 'number';
}
