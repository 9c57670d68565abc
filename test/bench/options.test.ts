import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parseOptions, sections, usage, type BenchOptions } from '../../bench/options.ts';
import { variants } from '../../bench/variants.ts';

function bench(...argv: string[]): BenchOptions {
  const parsed = parseOptions(argv);
  assert.ok(parsed.kind === 'bench', JSON.stringify(parsed));
  return parsed;
}

suite('bench/options.ts', () => {
  test('without arguments it is the short run, with --full everything', () => {
    assert.deepEqual(bench().sections, ['startup', 'http', 'express', 'sampled', 'size']);
    assert.deepEqual(bench().variants, ['bare', 'otelier', 'otelier-sdk', 'otelier-disabled', 'upstream']);
    assert.deepEqual(bench('--full').sections, sections);
    assert.deepEqual(bench('--full').variants, Object.keys(variants));
  });

  test('lists choose, bare is always there, and rounds count for starts and load', () => {
    const options = bench('--only', 'express, http', '--variants=elastic', '--rounds', '2', '--seconds', '0.3', '--json', 'x.json');
    assert.deepEqual(options.sections, ['http', 'express']);
    assert.deepEqual(options.variants, ['bare', 'elastic']);
    assert.deepEqual([options.startupRounds, options.loadRounds, options.seconds, options.json], [2, 2, 0.3, 'x.json']);
  });

  test('--soak takes minutes, a rate and one variant', () => {
    assert.deepEqual(parseOptions(['--soak']), { kind: 'soak', variant: 'otelier', minutes: 10, rate: 200 });
    assert.deepEqual(parseOptions(['--soak', '--minutes', '0.5', '--rate', '50', '--variants', 'upstream']), {
      kind: 'soak',
      variant: 'upstream',
      minutes: 0.5,
      rate: 50,
    });
  });

  const mistakes: readonly (readonly [argv: readonly string[], wrong: string, allowed: string])[] = [
    [['--rounds', 'many'], '--rounds is "many"', 'whole number from 1'],
    [['--rounds', '1.5'], '--rounds is "1.5"', 'whole number from 1'],
    [['--seconds', '0'], '--seconds is "0"', 'number from 0.1'],
    [['--only', 'http,grpc'], '--only names "grpc"', 'latency'],
    [['--variants', 'otelir'], '--variants names "otelir"', 'otelier'],
    [['--write'], '--write goes with --full', 'everything'],
    [['--minutes', '3'], '--minutes goes with --soak', 'only'],
    [['--soak', '--full'], '--full does not go with --soak', '--minutes'],
    [['--soak', '--variants', 'otelier,upstream'], '--variants is "otelier,upstream"', 'takes one'],
    [['--fast'], "Unknown option '--fast'", '--full'],
    [['--json'], '--json', '--only'],
    [['express'], 'express', '--only'],
  ];
  for (const [argv, wrong, allowed] of mistakes) {
    test(`"${argv.join(' ')}" is told with what is allowed`, () => {
      const parsed = parseOptions(argv);
      assert.ok(parsed.kind === 'problem', JSON.stringify(parsed));
      assert.ok(parsed.problem.includes(wrong), parsed.problem);
      assert.ok(parsed.problem.includes(allowed), parsed.problem);
    });
  }

  test('--help lists every section and variant', () => {
    assert.equal(parseOptions(['--help']).kind, 'help');
    for (const name of [...sections, ...Object.keys(variants)]) assert.ok(usage.includes(name), name);
  });
});
