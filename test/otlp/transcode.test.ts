/** Protobuf bytes to JSON text: whatever the official schema can hold reads the same from both. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readJson } from '../../src/otlp/json-reader.ts';
import { readProtobuf } from '../../src/otlp/protobuf-reader.ts';
import { transcodeToJson } from '../../src/otlp/transcode.ts';
import { arbitraryPayload } from './arbitrary-payload.ts';
import { encodeOfficially, officialData } from './official-schema.ts';

for (const name of ['TracesData', 'MetricsData', 'LogsData'] as const) {
  test(`${name}: random messages read the same from the JSON that is made of their bytes`, () => {
    fc.assert(
      fc.property(arbitraryPayload(officialData[name]), (payload) => {
        const bytes = encodeOfficially(officialData[name], payload);
        const text = Buffer.from(transcodeToJson(name, bytes)).toString();
        assert.deepEqual(readJson(name, text), readProtobuf(name, bytes));
      }),
      { numRuns: 200 },
    );
  });
}

test('what JSON has no form for has that of OTLP', () => {
  const bytes = encodeOfficially(officialData.TracesData, {
    resourceSpans: [
      {
        scopeSpans: [
          {
            spans: [
              {
                traceId: Buffer.from('0af7651916cd43dd8448eb211c80319c', 'hex'),
                kind: 2,
                startTimeUnixNano: '1700000000123456789',
                attributes: [
                  { key: 'whole', value: { intValue: '9007199254740993' } },
                  { key: 'endless', value: { doubleValue: -Infinity } },
                  { key: 'bytes', value: { bytesValue: Buffer.from([255, 0]) } },
                ],
              },
            ],
          },
        ],
      },
    ],
  });
  const [resource] = (
    JSON.parse(Buffer.from(transcodeToJson('TracesData', bytes)).toString()) as { resourceSpans: { scopeSpans: { spans: unknown[] }[] }[] }
  ).resourceSpans;
  assert.deepEqual(resource?.scopeSpans[0]?.spans, [
    {
      traceId: '0af7651916cd43dd8448eb211c80319c',
      kind: 2,
      startTimeUnixNano: '1700000000123456789',
      attributes: [
        { key: 'whole', value: { intValue: '9007199254740993' } },
        { key: 'endless', value: { doubleValue: '-Infinity' } },
        { key: 'bytes', value: { bytesValue: '/wA=' } },
      ],
    },
  ]);
});
