/** Small line icons, 16 by 16, drawn in the colour of the text. They say nothing to screen readers: what they stand for is written beside them. */
import type { JSX } from 'preact';

const paths = {
  overview: 'M2.5 9.5h3v4h-3zM6.5 6h3v7.5h-3zM10.5 2.5h3v11h-3z',
  traces: 'M2 3.5h7M5 8h7M8 12.5h6',
  logs: 'M2.5 3.5h11M2.5 6.5h8M2.5 9.5h11M2.5 12.5h6',
  metrics: 'M2 2v12h12M4.5 10l2.5-3.5 2.5 2L13.5 4',
  errors: 'M8 2.2l6.2 11.3H1.8zM8 6.5v3M8 11.4v.3',
  map: 'M3.5 5.5a2 2 0 100-4 2 2 0 000 4zM12.5 9.5a2 2 0 100-4 2 2 0 000 4zM4.5 14.5a2 2 0 100-4 2 2 0 000 4zM5.4 4.3l5.2 2.4M6.3 11.6l4.4-3',
  search: 'M7 11.5a4.5 4.5 0 100-9 4.5 4.5 0 000 9zM10.3 10.3l3.5 3.5',
  close: 'M4 4l8 8M12 4l-8 8',
  copy: 'M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z',
  check: 'M3 8.5l3.2 3.2L13 5',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M5 3l8 5-8 5z',
  down: 'M4 6l4 4 4-4',
  right: 'M6 4l4 4-4 4',
  left: 'M10 4l-4 4 4 4',
  up: 'M4 10l4-4 4 4',
  link: 'M6.5 9.5l3-3M7 4.8l1.6-1.6a2.7 2.7 0 013.9 3.9L10.9 8.7M9 11.2l-1.6 1.6a2.7 2.7 0 01-3.9-3.9L5.1 7.3',
  import: 'M8 2v7M5 6.5L8 9.5l3-3M2.5 11v2.5h11V11',
  export: 'M8 9.5v-7M5 5l3-3 3 3M2.5 11v2.5h11V11',
  trash: 'M2.5 4h11M6 4V2.5h4V4M4 4l.7 9.5h6.6L12 4',
  sun: 'M8 11a3 3 0 100-6 3 3 0 000 6zM8 1.5v1.5M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1 1M11.6 11.6l1 1M12.6 3.4l-1 1M4.4 11.6l-1 1',
  moon: 'M13.5 9.7A6 6 0 016.3 2.5a6 6 0 107.2 7.2z',
  system: 'M2 3h12v8H2zM5.5 13.5h5M8 11v2.5',
  help: 'M8 14.2A6.2 6.2 0 108 1.8a6.2 6.2 0 000 12.4zM6.3 6.4a1.8 1.8 0 113 1.3c-.8.6-1.3.9-1.3 1.8M8 11.4v.2',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  filter: 'M2 3.5h12L9.5 8.7v4.8l-3-1.5V8.7z',
  exclude: 'M8 14A6 6 0 108 2a6 6 0 000 12zM3.8 3.8l8.4 8.4',
  compare: 'M6 3v10M10 3v10M2.5 5.5H6M2.5 10H6M10 4.5h3.5M10 8h3.5M10 11.5h3.5',
  clock: 'M8 14.2A6.2 6.2 0 108 1.8a6.2 6.2 0 000 12.4zM8 4.5V8l2.5 1.5',
  external: 'M9 2.5h4.5V7M13 3L7.5 8.5M11.5 9.5v4h-9v-9h4',
  path: 'M2 4h5v8h7M11.5 9.5L14 12l-2.5 2.5',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }): JSX.Element {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
