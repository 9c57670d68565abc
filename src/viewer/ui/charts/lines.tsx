/** Lines over time, with exemplars as dots that can be clicked. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { shownTheme } from '../state/theme.ts';
import type { PlotOptions } from './plot.ts';

export function Lines({ label, ...options }: PlotOptions & { readonly label: string }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const theme = shownTheme.value;
  const { times, lines, dots } = options;
  useEffect(() => {
    let remove: (() => void) | undefined;
    let gone = false;
    void import('./plot.ts').then(({ createPlot }) => {
      if (!gone && box.current) remove = createPlot(box.current, options);
    });
    return () => {
      gone = true;
      remove?.();
    };
  }, [times, lines, dots, theme]);
  return <div ref={box} class="plot" role="img" aria-label={label} />;
}
