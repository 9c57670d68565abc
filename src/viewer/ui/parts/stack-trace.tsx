/** A stack trace with the app's own frames in front: what libraries and the runtime did is paler, and can be hidden. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { formatLine } from '../format/text.ts';
import { parseStack } from '../logic/stack.ts';
import { CopyButton } from './button.tsx';

const mostLines = 200;

export function StackTrace({ stack }: { readonly stack: string }): JSX.Element {
  const [ownOnly, setOwnOnly] = useState(false);
  const lines = parseStack(stack);
  const foreign = lines.filter(({ kind }) => kind === 'library' || kind === 'runtime').length;
  const hasOwn = lines.some(({ kind }) => kind === 'own');
  const shown = lines.filter(({ kind }) => !ownOnly || kind === 'own' || kind === 'message').slice(0, mostLines);
  return (
    <div class="stack">
      <div class="stack-tools">
        {hasOwn && foreign > 0 && (
          <button type="button" class="text-button" aria-pressed={ownOnly} onClick={() => setOwnOnly(!ownOnly)}>
            {ownOnly ? `Show ${foreign} frames of libraries` : 'Own frames only'}
          </button>
        )}
        <CopyButton text={stack} label="Copy the stack trace" />
      </div>
      <pre class="mono" tabIndex={0} role="region" aria-label="Stack trace">
        {shown.map(({ text, kind }, index) => (
          <span key={index} class={kind}>
            {formatLine(text, 1000).replace(/^(?=at )/, '  ')}
            {'\n'}
          </span>
        ))}
        {lines.length > shown.length && !ownOnly && <span class="runtime">… {lines.length - shown.length} more lines</span>}
      </pre>
    </div>
  );
}
