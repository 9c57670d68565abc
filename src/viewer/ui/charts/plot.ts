/** Draws lines over time with uPlot. A file of its own, loaded when the first chart is shown. */
import uPlot from 'uplot';
import { formatClock, formatTimeTick } from '../format/time.ts';
import { chartFont, themeColour } from './canvas.ts';

export interface PlotLine {
  readonly label: string;
  readonly colour: string;
  readonly values: readonly (number | null)[];
}

export interface PlotDot {
  readonly timeMs: number;
  readonly value: number;
  readonly known: boolean;
}

export interface PlotOptions {
  readonly times: readonly number[];
  readonly lines: readonly PlotLine[];
  readonly dots: readonly PlotDot[];
  readonly format: (value: number, tick?: boolean) => string;
  readonly onDot: (index: number) => void;
  readonly onBrush: (from: number, to: number) => void;
}

const height = 280;
const dotRadius = 4;

/** Draws into `element`; the function it gives back takes all away again. */
export function createPlot(element: HTMLElement, options: PlotOptions): () => void {
  const { times, lines, dots, format } = options;
  const tip = document.createElement('div');
  tip.className = 'chart-tip plot-tip';
  tip.hidden = true;
  const muted = themeColour('text-muted');
  const grid = { stroke: themeColour('line'), width: 1 };
  const ticks = { show: false };
  const most = Math.max(0, ...lines.flatMap(({ values }) => values.map((value) => value ?? 0)), ...dots.map(({ value }) => value));
  let near = -1;

  const plot = new uPlot(
    {
      width: element.clientWidth,
      height,
      ms: 1,
      legend: { show: false },
      cursor: { points: { size: 7 }, drag: { x: true, y: false, setScale: false }, y: false },
      scales: {
        x: { time: true, range: (_, from, to) => [from, Math.max(to, ...dots.map(({ timeMs }) => timeMs))] },
        y: { range: (_, min) => [Math.min(0, min), most > 0 ? most * 1.08 : 1] },
      },
      axes: [
        {
          stroke: muted,
          font: chartFont(),
          grid: { show: false },
          ticks,
          space: 90,
          size: 28,
          values: (_, splits) => splits.map(formatTimeTick),
        },
        { stroke: muted, font: chartFont(), grid, ticks, size: 72, values: (_, splits) => splits.map((value) => format(value, true)) },
      ],
      series: [
        {},
        ...lines.map(({ label, colour, values }) => {
          const alone = isolated(values);
          return { label, stroke: themeColour(colour), width: 1.5, points: { show: alone.length > 0, size: 5, filter: () => alone } };
        }),
      ],
      hooks: {
        draw: [(self) => drawDots(self, dots)],
        setCursor: [
          (self) => {
            near = dotAt(self, dots);
            self.over.style.cursor = near >= 0 ? 'pointer' : 'crosshair';
            showTip(self, tip, options, near);
          },
        ],
        setSelect: [
          (self) => {
            const { left, width } = self.select;
            if (width > 4) options.onBrush(self.posToVal(left, 'x'), self.posToVal(left + width, 'x'));
          },
        ],
      },
    },
    [times as number[], ...lines.map(({ values }) => values as (number | null)[])],
    element,
  );
  plot.over.append(tip);
  plot.over.addEventListener('click', () => near >= 0 && options.onDot(near));
  plot.over.addEventListener('mouseleave', () => (tip.hidden = true));
  const observer = new ResizeObserver(() => element.clientWidth > 0 && plot.setSize({ width: element.clientWidth, height }));
  observer.observe(element);
  return () => {
    observer.disconnect();
    plot.destroy();
  };
}

/** A value between two that are missing is no line: it shows as a point. */
function isolated(values: readonly (number | null)[]): number[] {
  return [...values.keys()].filter((i) => values[i] != null && values[i - 1] == null && values[i + 1] == null);
}

/** Of dots that would cover each other the first remains: they come with the largest first. */
function thin(plot: uPlot, dots: readonly PlotDot[]): readonly number[] {
  const kept: { readonly x: number; readonly y: number; readonly index: number }[] = [];
  for (const [index, { timeMs, value }] of dots.entries()) {
    const [x, y] = [plot.valToPos(timeMs, 'x'), plot.valToPos(value, 'y')];
    if (!kept.some((other) => Math.abs(other.x - x) < 20 && Math.abs(other.y - y) < 18)) kept.push({ x, y, index });
  }
  return kept.map(({ index }) => index);
}

function drawDots(plot: uPlot, dots: readonly PlotDot[]): void {
  const { ctx: context } = plot;
  const radius = dotRadius * devicePixelRatio;
  context.save();
  for (const index of thin(plot, dots)) {
    const { timeMs, value, known } = dots[index]!;
    const [x, y] = [plot.valToPos(timeMs, 'x', true), plot.valToPos(value, 'y', true)];
    context.beginPath();
    // A diamond, so that it is not taken for a point of a line.
    context.moveTo(x, y - radius);
    context.lineTo(x + radius, y);
    context.lineTo(x, y + radius);
    context.lineTo(x - radius, y);
    context.closePath();
    context.fillStyle = themeColour('bg');
    context.fill();
    context.strokeStyle = themeColour(known ? 'exemplar' : 'line-strong');
    context.lineWidth = 1.5 * devicePixelRatio;
    context.stroke();
  }
  context.restore();
}

function dotAt(plot: uPlot, dots: readonly PlotDot[]): number {
  const { left = -1, top = -1 } = plot.cursor;
  let best = -1;
  let least = 10 ** 2;
  for (const [index, { timeMs, value }] of dots.entries()) {
    const distance = (plot.valToPos(timeMs, 'x') - left) ** 2 + (plot.valToPos(value, 'y') - top) ** 2;
    if (distance < least) [best, least] = [index, distance];
  }
  return best;
}

function showTip(plot: uPlot, tip: HTMLElement, { times, lines, dots, format }: PlotOptions, near: number): void {
  const { idx, left = 0, top = 0 } = plot.cursor;
  tip.hidden = (idx === null || idx === undefined || left < 0) && near < 0;
  if (tip.hidden) return;
  tip.classList.toggle('leftwards', left > plot.over.clientWidth / 2);
  tip.style.left = `${left}px`;
  tip.style.top = `${Math.max(16, Math.min(height - 90, top))}px`;
  const dot = dots[near];
  if (dot) {
    tip.textContent = `${format(dot.value)}\n${formatClock(dot.timeMs)}\n${dot.known ? 'Click to open its trace' : 'Its trace is not in the store'}`;
    return;
  }
  const at = idx ?? 0;
  const told = lines
    .slice(0, 12)
    .map(({ label, values }) => `${label}  ${values[at] === null || values[at] === undefined ? '–' : format(values[at])}`);
  tip.textContent = [formatClock(times[at] ?? 0), ...told].join('\n');
}
