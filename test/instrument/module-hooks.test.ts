/** Which command lines tell of another loader beside otelier. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasOtherLoader } from '../../src/instrument/module-hooks.ts';

const cases: readonly [flags: readonly string[], other: boolean][] = [
  [[], false],
  [['--import', './otel.js', ''], false],
  [['--import=/srv/app/otel.js', ''], false],
  [['--require', 'otelier/register', ''], false],
  [['-r', 'C:\\app\\otel.js', ''], false],
  [['', '--import ./otel.js --max-old-space-size=200'], false],
  [['--enable-source-maps', ''], false],
  [['--import', 'tsx', '--import', './otel.js', ''], true],
  [['--import', './otel.js', '--require', 'ts-node/register', ''], true],
  [['--import', './otel.js', '--loader=ts-node/esm', ''], true],
  [['--import', './otel.js', '--import tsx'], true],
  [['--import', './setup.mjs', ''], true],
  [['--experimental-loader', './loader.mjs', ''], true],
  [['--import', './hotel.js', ''], true],
];
for (const [flags, other] of cases) {
  test(`${JSON.stringify(flags.join(' ').trim())}: ${other ? 'another one' : 'none'}`, () => assert.equal(hasOtherLoader(flags), other));
}
