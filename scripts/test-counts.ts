/** A reporter of the Node.js test runner: the counts of the whole run and the names of what failed, as one line of JSON. */
import type { TestEvent } from 'node:test/reporters';

export default async function* reportCounts(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const failures: string[] = [];
  for await (const { type, data } of events) {
    // A suite fails with its tests: they are named, not it.
    if (type === 'test:fail' && data.details.type !== 'suite') failures.push(`${data.file ?? ''}: ${data.name}`);
    if (type === 'test:summary' && data.file === undefined) yield JSON.stringify({ counts: data.counts, failures });
  }
}
