/** Takes files of OTLP JSON, chosen or dropped onto the page, and tells what came of them. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { formatPlural } from '../format/number.ts';
import { api } from '../state/api.ts';
import { refresh } from '../state/live.ts';
import { go, linkTo } from '../state/location.ts';
import { notice, tell } from '../state/notice.ts';

export async function importFiles(files: readonly File[]): Promise<void> {
  for (const file of files) {
    try {
      tell(`Importing ${file.name} …`);
      const { spans, logs, metricPoints, traceIds } = await api.import(await file.text());
      tell(
        `${file.name}: ${formatPlural(spans, 'span')}, ${formatPlural(logs, 'log record')}, ${formatPlural(metricPoints, 'metric point')}.`,
      );
      refresh();
      if (traceIds.length === 1 && files.length === 1) go(linkTo(`/traces/${traceIds[0]}`, { range: 'all' }));
      else if (spans + logs > 0) go(linkTo(spans > 0 ? '/traces' : '/logs', { range: 'all' }));
    } catch (error) {
      tell(`${file.name} was not imported: ${(error as Error).message}`, 'fault');
    }
  }
}

export function chooseFiles(): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = '.json,application/json';
  input.multiple = true;
  input.onchange = () => void importFiles([...(input.files ?? [])]);
  input.click();
}

export function DropZone(): JSX.Element | null {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
    const onOver = (event: DragEvent): void => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const onLeave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent): void => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setOver(false);
      void importFiles([...(event.dataTransfer?.files ?? [])]);
    };
    addEventListener('dragover', onOver);
    addEventListener('dragleave', onLeave);
    addEventListener('drop', onDrop);
    return () => {
      removeEventListener('dragover', onOver);
      removeEventListener('dragleave', onLeave);
      removeEventListener('drop', onDrop);
    };
  }, []);
  return over ? <div class="drop-zone">Drop OTLP JSON to import it</div> : null;
}

export function Notice(): JSX.Element {
  const said = notice.value;
  return (
    <div class={`notice ${said?.kind ?? ''}`} role="status" aria-live="polite">
      {said?.text}
    </div>
  );
}
