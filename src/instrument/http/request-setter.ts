/** The context that goes along -> headers of a ClientRequest, also when Node.js has written its headers already: given as a list, or with `expect`. */
import type { ClientRequest } from 'node:http';
import type { TextMapSetter } from '@opentelemetry/api';
import { isHeaderSafe, setHeaderLine } from './header-lines.ts';

/** The part of OutgoingMessage that holds what is written but not sent. */
interface Written {
  _header?: string | null;
  _headerSent?: boolean;
  outputData?: { data: unknown }[];
  outputSize?: number;
}

/** A header that the app has set itself is replaced: the app's is that of the request it serves, ours that of the one it makes. */
export const requestSetter: TextMapSetter<ClientRequest> = {
  set(request, name, value) {
    if (!isHeaderSafe(name, value)) return;
    const written = request as Written;
    if (typeof written._header === 'string') setWritten(written, name.toLowerCase(), value);
    else request.setHeader(name, value);
  },
};

function setWritten(request: Written, name: string, value: string): void {
  const before = request._header;
  if (typeof before !== 'string' || !before.endsWith('\r\n\r\n')) return;
  const after = setHeaderLine(before, name, value, before.length - 2);
  if (request._headerSent) {
    // "Sent" is said of what waits for a socket, too; what is no longer there has gone out.
    const first = request.outputData?.[0];
    if (typeof first?.data !== 'string' || !first.data.startsWith(before)) return;
    first.data = after + first.data.slice(before.length);
    if (typeof request.outputSize === 'number') request.outputSize += after.length - before.length;
  }
  request._header = after;
}
