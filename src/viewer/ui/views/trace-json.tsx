/** A trace as the OTLP JSON it would be exported as. */
import type { JSX } from 'preact';
import { LongText } from '../parts/attributes.tsx';
import { CopyButton } from '../parts/button.tsx';
import { Loaded } from '../parts/state.tsx';
import { useResource } from '../state/resource.ts';
import { readExport } from '../state/api.ts';

export function TraceJson({ traceId }: { readonly traceId: string }): JSX.Element {
  const text = useResource(`otlp ${traceId}`, async (signal) => JSON.stringify(await readExport(traceId, signal), null, 2), false);
  return (
    <Loaded of={text}>
      {(json) => (
        <div class="scroll pad" tabIndex={0} role="region" aria-label="The trace as OTLP JSON">
          <div class="json-tools">
            <CopyButton text={json} label="Copy the JSON">
              Copy
            </CopyButton>
            <a class="button" href={`/api/traces/${traceId}/otlp.json`} download={`trace-${traceId}.otlp.json`}>
              Download
            </a>
          </div>
          <pre class="mono">
            <LongText text={json} limit={60_000} />
          </pre>
        </div>
      )}
    </Loaded>
  );
}
