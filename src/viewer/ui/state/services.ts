/** Turns a service's name into its colour: the same on every page and every day, and two services at hand never share one while colours last. */
import { computed, signal } from '@preact/signals';
import type { Service } from '../../api.ts';
import { assignSlots } from '../logic/palette.ts';
import { api } from './api.ts';

export const services = signal<readonly Service[]>([]);

const slots = computed(() => assignSlots([...services.value].sort((a, b) => a.firstSeen - b.firstSeen).map(({ name }) => name)));

/** The name of the CSS colour of a service. */
export function serviceColour(name: string): string {
  return `var(--service-${slots.value.get(name) ?? assignSlots([name]).get(name) ?? 0})`;
}

export async function readServices(): Promise<void> {
  try {
    const answer = await api.services();
    services.value = 'items' in answer ? answer.items : answer;
  } catch {
    // The frame tells that the server is gone; the next tick asks again.
  }
}
