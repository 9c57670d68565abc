/** GET /api/attributes: keys that occur, and the values of one, for completion. */
import type { AttributeKeys } from '../api.ts';
import { LOGS, SPANS } from '../store/schema.ts';
import { mayMatch, textOf } from './condition.ts';
import type { Reader } from './reader.ts';

export interface AttributeQuery {
  readonly signal?: 'traces' | 'logs';
  readonly prefix?: string;
  readonly key?: string;
  readonly limit?: number;
}

/** Values are counted in so many of the newest rows that have the key. */
const SAMPLE = 5000;
const MAX_LENGTH = 200;

export function attributes(reader: Reader, { signal = 'traces', prefix = '', key, limit = 50 }: AttributeQuery): AttributeKeys {
  if (key !== undefined) return { items: valuesOf(reader, signal, key, prefix, limit) };
  const rows = reader.all(
    'SELECT key AS value, count FROM attribute_key WHERE signal = ? AND instr(lower(key), lower(?)) > 0 ORDER BY instr(lower(key), lower(?)) = 1 DESC, count DESC, key LIMIT ?',
    ...[signal === 'traces' ? SPANS : LOGS, prefix, prefix, limit],
  );
  return { items: rows.map((row) => ({ value: row['value'] as string, count: row['count'] as number })) };
}

function valuesOf(reader: Reader, signal: 'traces' | 'logs', key: string, prefix: string, limit: number): AttributeKeys['items'] {
  const counts = new Map<string, number>();
  const resources = reader.names.resources();
  const inResources = [...resources.values()].some(({ attributes: shared }) => Object.hasOwn(shared, key));
  const table = signal === 'traces' ? 'span' : 'log';
  const needle = inResources ? '' : ' AND instr(attributes, ?) > 0';
  const sql = `SELECT resource, attributes FROM ${table} WHERE id BETWEEN ? AND ?${needle} ORDER BY id DESC LIMIT ?`;
  let left = SAMPLE;
  for (const { firstId, count, filter } of reader.index[signal === 'traces' ? 'spans' : 'logs'].segments.toReversed()) {
    if (left <= 0) break;
    if (filter !== undefined && !mayMatch(filter, { key, operator: 'exists', value: '' })) continue;
    const needles = inResources ? [] : [`${JSON.stringify(key)}:`];
    for (const [resource, json] of reader.iterate(sql, firstId, firstId + count - 1, ...needles, left)) {
      const own = JSON.parse(json as string) as Record<string, unknown>;
      const value = Object.hasOwn(own, key) ? own[key] : resources.get(resource as number)?.attributes[key];
      left--;
      if (value === undefined) continue;
      for (const item of Array.isArray(value) ? value : [value]) {
        const text = textOf(item);
        if (text.length <= MAX_LENGTH && text.toLowerCase().includes(prefix.toLowerCase())) counts.set(text, (counts.get(text) ?? 0) + 1);
      }
    }
  }
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, limit);
}
