/** The narrow columns of a segment's rows, as typed arrays: what lists, charts and the map are computed from. Written with a segment, read back as it is. */
import { SEGMENT_ROWS } from './schema.ts';

export interface SpanColumns {
  readonly startMs: Float64Array;
  readonly durationMs: Float64Array;
  readonly trace: Uint32Array;
  readonly resource: Uint32Array;
  readonly name: Uint32Array;
  /** Interned name of what a client or producer span calls; 0: none. */
  readonly peer: Uint32Array;
  /** The last four bytes of the ids: with the trace beside them they tell spans apart. 0 for no parent. */
  readonly spanId: Uint32Array;
  readonly parentId: Uint32Array;
  /** kind * 4 + status. */
  readonly kindStatus: Uint8Array;
}

export interface LogColumns {
  readonly timeMs: Float64Array;
  readonly trace: Uint32Array;
  readonly resource: Uint32Array;
  readonly severity: Uint8Array;
}

type Column = Float64Array | Uint32Array | Uint8Array;
const types = { f64: Float64Array, u32: Uint32Array, u8: Uint8Array } as const;

const spanLayout = {
  startMs: 'f64',
  durationMs: 'f64',
  trace: 'u32',
  resource: 'u32',
  name: 'u32',
  peer: 'u32',
  spanId: 'u32',
  parentId: 'u32',
  kindStatus: 'u8',
} as const;
const logLayout = { timeMs: 'f64', trace: 'u32', resource: 'u32', severity: 'u8' } as const;

type Layout = Readonly<Record<string, keyof typeof types>>;

export const createSpanColumns = (): SpanColumns => allocate(spanLayout) as unknown as SpanColumns;
export const createLogColumns = (): LogColumns => allocate(logLayout) as unknown as LogColumns;
export const encodeColumns = (columns: SpanColumns | LogColumns): Uint8Array =>
  Buffer.concat(Object.values(columns as unknown as Record<string, Column>).map((column) => new Uint8Array(column.buffer)));
export const decodeSpanColumns = (bytes: Uint8Array): SpanColumns => view(spanLayout, bytes) as unknown as SpanColumns;
export const decodeLogColumns = (bytes: Uint8Array): LogColumns => view(logLayout, bytes) as unknown as LogColumns;

function allocate(layout: Layout): Record<string, Column> {
  return Object.fromEntries(Object.entries(layout).map(([name, type]) => [name, new types[type](SEGMENT_ROWS)]));
}

/** The widest columns stand first, so each begins where its type may begin; bytes that share a buffer are copied to be sure that the first does. */
function view(layout: Layout, bytes: Uint8Array): Record<string, Column> {
  const buffer = (bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice()).buffer as ArrayBuffer;
  let offset = 0;
  return Object.fromEntries(
    Object.entries(layout).map(([name, type]) => {
      const column = new types[type](buffer, offset, SEGMENT_ROWS);
      offset += column.byteLength;
      return [name, column];
    }),
  );
}
