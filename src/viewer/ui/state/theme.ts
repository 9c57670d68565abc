/** The reader's choice of theme: the system's, light or dark. Kept in the browser. */
import { effect, signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';
const order: readonly Theme[] = ['system', 'light', 'dark'];
const storageKey = 'otelier.theme';

function read(): Theme {
  try {
    return order.find((theme) => theme === localStorage.getItem(storageKey)) ?? 'system';
  } catch {
    return 'system';
  }
}

export const theme = signal<Theme>(read());
const systemDark = matchMedia('(prefers-color-scheme: dark)');
/** What is shown now; charts on a canvas draw anew when it changes. */
export const shownTheme = signal<'light' | 'dark'>('light');

function apply(): void {
  shownTheme.value = theme.value === 'system' ? (systemDark.matches ? 'dark' : 'light') : theme.value;
  document.documentElement.dataset['theme'] = shownTheme.value;
}

export function startTheme(): void {
  effect(apply);
  systemDark.addEventListener('change', apply);
}

export function nextTheme(): void {
  theme.value = order[(order.indexOf(theme.value) + 1) % order.length] ?? 'system';
  try {
    localStorage.setItem(storageKey, theme.value);
  } catch {
    // Storage is switched off: the choice holds until the page is closed.
  }
}
