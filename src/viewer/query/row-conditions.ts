/** Conditions on attributes + one segment -> which of its rows meet them. SQLite finds the rows that hold the texts, JavaScript decides. */
import type { Attributes } from '../api.ts';
import { meets, needlesOf } from './condition.ts';
import type { Condition } from './condition.ts';
import type { Reader } from './reader.ts';

/**
 * `candidates` are positions from `firstId` on, in order; those that meet all conditions come back. To be called after the segment's filter said that
 * there may be some.
 */
export function narrow(
  reader: Reader,
  table: 'span' | 'log',
  conditions: readonly Condition[],
  firstId: number,
  candidates: readonly number[],
): readonly number[] {
  if (conditions.length === 0 || candidates.length === 0) return candidates;
  const resources = reader.names.resources();
  // Where resources have the key too, a row without it may still meet the condition.
  const needles = conditions
    .filter(({ key }) => ![...resources.values()].some(({ attributes }) => Object.hasOwn(attributes, key)))
    .flatMap(needlesOf);
  const sql = `SELECT id, resource, attributes FROM ${table} WHERE id BETWEEN ? AND ?${' AND instr(attributes, ?) > 0'.repeat(needles.length)} ORDER BY id`;
  const wanted = new Set(candidates);
  const found: number[] = [];
  for (const row of reader.iterate(sql, firstId + candidates[0]!, firstId + candidates.at(-1)!, ...needles)) {
    const [id, resource, attributes] = row as readonly [number, number, string];
    if (!wanted.has(id - firstId)) continue;
    const own = JSON.parse(attributes) as Attributes;
    const shared = resources.get(resource)?.attributes ?? {};
    if (conditions.every((condition) => meets(condition, own, shared))) found.push(id - firstId);
  }
  return found;
}
