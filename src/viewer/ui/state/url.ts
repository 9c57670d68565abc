/** Turns paths and queries into places of the page, and back. A place holds the whole state of a view, so that every link is a deep link. */

export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface Place {
  readonly path: string;
  readonly query: Query;
}

/** These are repeatable and always read as lists. */
const lists = new Set(['attr', 'by', 'closed']);
/** These stay when another view is opened. */
const global = ['range', 'service'];

export function parsePlace(url: string): Place {
  const { pathname, searchParams } = new URL(url, 'http://page');
  const query: Record<string, string | readonly string[]> = {};
  for (const key of new Set(searchParams.keys())) {
    if (key === 'token') continue;
    query[key] = lists.has(key) ? searchParams.getAll(key) : (searchParams.get(key) ?? '');
  }
  return { path: pathname, query };
}

/** Empty values are left out. Keys keep their order, so that the same state is the same URL. */
export function formatPlace(path: string, query: Query): string {
  const parts = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    for (const one of typeof value === 'string' ? [value] : (value ?? [])) if (one !== '') parts.append(key, one);
  }
  const text = parts.toString().replaceAll('%3A', ':').replaceAll('%2F', '/').replaceAll('%2C', ',');
  return text === '' ? path : `${path}?${text}`;
}

/** What another view takes over from this one. */
export function keptQuery(query: Query): Query {
  return Object.fromEntries(global.filter((key) => query[key] !== undefined).map((key) => [key, query[key]]));
}

export type View = 'overview' | 'traces' | 'trace' | 'compare' | 'logs' | 'metrics' | 'errors' | 'error' | 'map' | 'unknown';

/** The view of a path and the names in it. */
export function matchView(path: string): { readonly view: View; readonly names: readonly string[] } {
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decode);
  const [first, ...names] = parts;
  switch (first) {
    case undefined:
      return { view: 'overview', names };
    case 'traces':
      return { view: names.length > 0 ? 'trace' : 'traces', names };
    case 'compare':
      return { view: names.length === 2 ? 'compare' : 'unknown', names };
    case 'errors':
      return { view: names.length > 0 ? 'error' : 'errors', names };
    case 'logs':
    case 'metrics':
    case 'map':
      return { view: first, names };
    default:
      return { view: 'unknown', names };
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
