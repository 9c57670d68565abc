/** Turns bytes into text with binary units: 1536 -> 1.5 KiB. */
import { formatSignificant } from './number.ts';

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return '–';
  let index = 0;
  let value = bytes;
  while (Math.abs(value) >= 1023.5 && index < units.length - 1) {
    value /= 1024;
    index++;
  }
  return `${formatSignificant(value)} ${units[index]}`;
}
