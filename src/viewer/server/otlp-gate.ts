/** A request for the OTLP endpoints -> whether its body is read. Pages on this machine may send, others may not. */
import type { Admit } from '../../otlp/delivery.ts';
import { encodeStatus } from '../../otlp/rpc-status.ts';
import { isLocalOrigin } from './guard.ts';
import type { Guard } from './guard.ts';

const CORS_METHODS = { 'access-control-allow-methods': 'POST', 'access-control-max-age': '600' } as const;

export function createOtlpGate(guard: Guard): Admit {
  return ({ method, headers }) => {
    if (!guard.isOurHost(headers)) return refuse(421, headers, 'The Host header names another server.');
    const { origin } = headers;
    if (origin !== undefined && !isLocalOrigin(origin)) return refuse(403, headers, 'Only pages of this machine may send telemetry here.');
    const cors: Record<string, string> = origin === undefined ? {} : { 'access-control-allow-origin': origin, vary: 'origin' };
    if (method === 'OPTIONS' && origin !== undefined) {
      const asked = headers['access-control-request-headers'];
      const allowed = asked === undefined ? {} : { 'access-control-allow-headers': asked };
      return { headers: { ...cors, ...CORS_METHODS, ...allowed }, answer: { status: 204 } };
    }
    if (!guard.isAllowed(headers))
      return { ...refuse(401, headers, 'A token is needed: OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer%20…'), headers: cors };
    return { headers: cors };
  };
}

/** gRPC takes the text as it is, and has no code for a wrong host but that of what is forbidden. */
function refuse(status: number, headers: Parameters<Admit>[0]['headers'], message: string): ReturnType<Admit> & object {
  const type = headers['content-type'] ?? '';
  if (type.startsWith('application/grpc')) return { answer: { status: status === 421 ? 403 : status, body: message } };
  const encoding = type.startsWith('application/x-protobuf') ? 'protobuf' : 'json';
  return { answer: { status, body: encodeStatus(encoding, status === 401 ? 16 : 7, message) } };
}
