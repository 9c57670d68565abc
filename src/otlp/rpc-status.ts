/** google.rpc.Status, the body of every OTLP/HTTP error, and the codes it shares with gRPC. */

/** @see https://opentelemetry.io/docs/specs/otlp/#failures-1 */
export function encodeStatus(encoding: 'protobuf' | 'json', code: number, message: string): string | Uint8Array {
  if (encoding === 'json') return JSON.stringify({ code, message });
  const text = Buffer.from(message);
  return Buffer.concat([Buffer.from([0x08, code, 0x12]), encodeVarint(text.length), text]);
}

/** The gRPC code of an HTTP status. @see https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md */
export function rpcCodeOfHttpStatus(status: number): number {
  if (status >= 200 && status < 300) return 0;
  return rpcCodes[status] ?? 2;
}

const rpcCodes: Readonly<Record<number, number>> = { 400: 13, 401: 16, 403: 7, 404: 12, 429: 14, 502: 14, 503: 14, 504: 14 };

function encodeVarint(value: number): Buffer {
  const bytes: number[] = [];
  for (; value > 0x7f; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  return Buffer.from([...bytes, value]);
}
