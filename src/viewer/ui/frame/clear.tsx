/** Asks before everything is deleted. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { formatPlural } from '../format/number.ts';
import { Button } from '../parts/button.tsx';
import { api } from '../state/api.ts';
import { counts, refresh } from '../state/live.ts';
import { tell } from '../state/notice.ts';
import { Dialog } from './dialog.tsx';

export function ClearDialog({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const [busy, setBusy] = useState(false);
  const held = counts.value;
  const clear = async (): Promise<void> => {
    setBusy(true);
    try {
      await api.clear();
      refresh();
      tell('All data was deleted.');
      onClose();
    } catch (error) {
      tell(`Nothing was deleted: ${(error as Error).message}`, 'fault');
      setBusy(false);
    }
  };
  return (
    <Dialog title="Delete all data?" onClose={onClose}>
      <p>
        {held
          ? `${formatPlural(held.spans, 'span')}, ${formatPlural(held.logs, 'log record')} and ${formatPlural(held.metricPoints, 'metric point')}`
          : 'Everything'}{' '}
        will be gone for good. What arrives afterwards is kept.
      </p>
      <div class="buttons end">
        <Button onClick={onClose}>Keep it</Button>
        <Button kind="danger" disabled={busy} onClick={() => void clear()}>
          Delete all data
        </Button>
      </div>
    </Dialog>
  );
}
