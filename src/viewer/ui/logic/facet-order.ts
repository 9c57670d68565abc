/** Turns the fields of log records into those worth showing: what groups records first, what tells each record apart last and closed. */
import type { Facets } from '../../api.ts';

export type Field = Facets['fields'][number];

export interface RankedField extends Field {
  /** Its values group the records: it is open from the start. */
  readonly telling: boolean;
}

/** A value that this share of all records has in common makes a field worth reading. */
const commonShare = 0.05;
/** Of all fields these are looked for first. */
const first = ['service.name', 'severity'];
/** Long texts, which other fields tell in short. */
const untelling = /stacktrace$/;

export function rankFields({ fields, total }: Facets): readonly RankedField[] {
  const ranked = fields.map((field) => {
    const most = field.values[0]?.count ?? 0;
    return {
      ...field,
      telling:
        !untelling.test(field.key) && most >= 2 && most >= total * commonShare && !field.values.every(({ value }) => value.startsWith('{')),
    };
  });
  const rank = ({ key, telling }: RankedField): number =>
    first.includes(key) ? first.indexOf(key) : telling ? first.length : first.length + 1;
  return ranked.sort((a, b) => rank(a) - rank(b));
}
