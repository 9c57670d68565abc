/** A running `otelier dev`, asked over HTTP. */
import { CommandError } from './output.ts';

export const DEFAULT_URL = 'http://127.0.0.1:4320';
/** Twice what otelier dev gives the longest query. */
const ANSWERS_WITHIN_MS = 20_000;

export interface Server {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The address as `otelier dev` printed it, token and all. @throws CommandError with exit code 2 */
export function serverAt(address: string, token?: string): Server {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new CommandError(`${JSON.stringify(address)} is no address; it must be like ${DEFAULT_URL}.`, 2);
  const given = token ?? url.searchParams.get('token');
  return {
    url: url.origin,
    headers: { 'x-otelier': '1', ...(given === null || given === undefined ? {} : { authorization: `Bearer ${given}` }) },
  };
}

/** The body of the answer may come for as long as it likes. @throws CommandError when nobody answers in time, or the answer is an error */
export async function ask(
  { url, headers }: Server,
  path: string,
  init: RequestInit = {},
  withinMs: number = ANSWERS_WITHIN_MS,
): Promise<Response> {
  const tooLate = new AbortController();
  const timer = setTimeout(() => tooLate.abort(), withinMs);
  const signals = [tooLate.signal, ...(init.signal ? [init.signal] : [])];
  let response: Response;
  try {
    response = await fetch(`${url}${path}`, { ...init, headers, signal: AbortSignal.any(signals) });
  } catch (error) {
    if (init.signal?.aborted === true) throw error;
    const how = tooLate.signal.aborted
      ? `${url} has not answered for ${withinMs / 1000} s. If that is not the page of otelier dev, name its address with --url.`
      : `Nobody answers at ${url}. Start otelier dev in another terminal, or name its address with --url.`;
    throw new CommandError(how);
  } finally {
    clearTimeout(timer);
  }
  if (response.ok) return response;
  const text = await response.text();
  throw new CommandError(`${url} answered: ${errorIn(text) ?? `status ${response.status}`}`);
}

function errorIn(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { readonly error?: string }).error;
  } catch {
    return undefined;
  }
}
