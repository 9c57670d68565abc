/** Sensitive parameters leave the query, the rest stays as it was written. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redactQuery, SENSITIVE_PARAMETERS } from '../../../src/instrument/http/query.ts';

for (const [query, expected, names = SENSITIVE_PARAMETERS] of [
  ['a=b&c', 'a=b&c'],
  ['a=%20+%zz&&=', 'a=%20+%zz&&='],
  ['sig=secret', 'sig=REDACTED'],
  ['a=1&X-Amz-Signature=x=y&Signature=&b=2', 'a=1&X-Amz-Signature=REDACTED&Signature=REDACTED&b=2'],
  ['s%69g=secret', 's%69g=REDACTED'],
  ['signature=kept&design=kept', 'signature=kept&design=kept'],
  ['sig', 'sig'],
  ['sig=1?a=b?sig=2', 'sig=REDACTED'],
  ['a=b?sig=2', 'a=b?sig=2'],
  ['my+token=secret&sig=kept', 'my+token=REDACTED&sig=kept', ['my token']],
] as const) {
  test(`${query} is told as ${expected}`, () => assert.equal(redactQuery(query, names), expected));
}
