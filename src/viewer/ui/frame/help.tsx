/** Help: what the keys do, how to search, where to send data. */
import type { JSX } from 'preact';
import { status } from '../state/live.ts';
import { Command } from '../parts/state.tsx';
import { Dialog } from './dialog.tsx';
import { places } from './places.ts';

const keys: readonly { readonly title: string; readonly rows: readonly (readonly [keys: string, what: string])[] }[] = [
  { title: 'Go', rows: [...places.map(({ key, title }) => [`g ${key}`, title] as const), ['Ctrl K', 'Find a trace, view or service']] },
  {
    title: 'Everywhere',
    rows: [
      ['/', 'Search'],
      ['j  k', 'Next, previous row'],
      ['Enter', 'Open the row'],
      ['Esc', 'Close, or leave the field'],
      ['p', 'Pause or follow'],
      ['r', 'Ask the server again'],
      ['?', 'This help'],
    ],
  },
  {
    title: 'In a trace',
    rows: [
      ['[  ]', 'Newer, older trace of the list'],
      ['n  N', 'Next, previous span found'],
      ['h  l', 'Close, open a span'],
      ['c', 'Critical path on or off'],
      ['1  2  3  4  5', 'Waterfall, flame graph, spans, logs, JSON'],
      ['0', 'The whole time again'],
    ],
  },
];

const searches: readonly (readonly [string, string])[] = [
  ['orders', 'span names that contain it'],
  ['http.route=/orders', 'an attribute with this value'],
  ['http.response.status_code>499', 'greater, also < and !='],
  ['db.query.text~orders', 'a value that contains it'],
  ['4bf92f35', 'the beginning of a trace id'],
];

export function Help({ onClose }: { readonly onClose: () => void }): JSX.Element {
  return (
    <Dialog title="Help" class="help" onClose={onClose}>
      <div class="help-columns">
        {keys.map(({ title, rows }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {rows.map(([key, what]) => (
                <div key={key}>
                  <dt>
                    {key
                      .split(' ')
                      .filter(Boolean)
                      .map((one) => (
                        <kbd key={one}>{one}</kbd>
                      ))}
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <section>
          <h3>Search of traces</h3>
          <dl class="wide">
            {searches.map(([text, what]) => (
              <div key={text}>
                <dt>
                  <code>{text}</code>
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
      {status.value && (
        <section>
          <h3>Send data here</h3>
          <Command text={status.value.hint} />
          <p class="muted">
            otelier {status.value.version}.{' '}
            {status.value.dataDirectory ? `The data is in ${status.value.dataDirectory}.` : 'The data goes when the server ends.'}
          </p>
        </section>
      )}
    </Dialog>
  );
}
