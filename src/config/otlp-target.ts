/** The `OTEL_EXPORTER_OTLP_*` variables -> where one signal goes: https://opentelemetry.io/docs/specs/otel/protocol/exporter/ */
import { hasScheme, parseUrl, type Parsed } from './parse.ts';
import type { FileReader } from './read-file.ts';
import type { Reader } from './read.ts';
import { revealPath, revealUrl } from './reveal.ts';
import type { OtlpTarget, Protocol } from './types.ts';
import { formatSignalName, type SignalWord } from './variables.ts';

const ENDPOINT = 'OTEL_EXPORTER_OTLP_ENDPOINT';
const DEFAULTS: Readonly<Record<Protocol, string>> = {
  'http/protobuf': 'http://localhost:4318',
  'http/json': 'http://localhost:4318',
  grpc: 'http://localhost:4317',
};
const PATHS: Readonly<Record<SignalWord, string>> = { TRACES: '/v1/traces', METRICS: '/v1/metrics', LOGS: '/v1/logs' };

export function resolveOtlpTarget(signal: SignalWord, read: Reader, readFile: FileReader): OtlpTarget {
  const protocol = read.choice('OTEL_EXPORTER_OTLP_PROTOCOL', signal);
  const { url, authorization } = resolveEndpoint(signal, protocol, read);
  const headers = read.pairs('OTEL_EXPORTER_OTLP_HEADERS', signal);
  return {
    protocol,
    url,
    headers: authorization === undefined || 'authorization' in headers ? headers : { ...headers, authorization },
    timeoutMs: read.integer('OTEL_EXPORTER_OTLP_TIMEOUT', signal),
    compression: read.choice('OTEL_EXPORTER_OTLP_COMPRESSION', signal),
    tls: resolveTls(signal, read, readFile),
  };
}

interface Endpoint {
  readonly url: string;
  /** From user and password in the URL: they travel as a header, so that the URL can be shown. */
  readonly authorization: string | undefined;
}

function resolveEndpoint(signal: SignalWord, protocol: Protocol, read: Reader): Endpoint {
  const own = formatSignalName(ENDPOINT, signal);
  return readEndpoint(own) ?? readEndpoint(ENDPOINT) ?? defaultEndpoint();

  function readEndpoint(name: string): Endpoint | undefined {
    const text = read.raw.get(name);
    if (text === undefined) return undefined;
    const parsed = parseEndpoint(text);
    if ('value' in parsed) {
      checkEndpoint(name, parsed.value);
      return formatEndpoint(parsed.value, name === own);
    }
    const instead = (name === own ? readEndpoint(ENDPOINT) : undefined) ?? defaultEndpoint();
    // Of the base only the base is told, so that three signals give one Problem.
    const now = name === ENDPOINT ? DEFAULTS[protocol] : revealDerived(instead.url, PATHS[signal]);
    read.report(name, `${read.quote(name)}; ${parsed.wrong}. Sending to ${now}. ${parsed.remedy}`);
    return instead;
  }

  function defaultEndpoint(): Endpoint {
    return { url: protocol === 'grpc' ? DEFAULTS.grpc : DEFAULTS[protocol] + PATHS[signal], authorization: undefined };
  }

  function parseEndpoint(text: string): Parsed<URL> {
    if (protocol !== 'grpc' || hasScheme(text)) return parseUrl(text);
    return parseUrl(`${read.boolean('OTEL_EXPORTER_OTLP_INSECURE', signal) ? 'http' : 'https'}://${text}`);
  }

  /** What is allowed and yet, as a rule, a mistake: told and kept. */
  function checkEndpoint(name: string, url: URL): void {
    const tell = (rest: string): void => read.report(name, `${read.quote(name)}; ${rest}`);
    const [other, otherPort, port] = protocol === 'grpc' ? ['http/protobuf', '4318', '4317'] : ['grpc', '4317', '4318'];
    if (url.port === otherPort) {
      tell(
        `port ${otherPort} usually speaks ${other}, and the protocol is ${protocol}. Sending there all the same. Use port ${port}, or set OTEL_EXPORTER_OTLP_PROTOCOL=${other}.`,
      );
    }
    const path = url.pathname.replace(/\/+$/, '');
    if (protocol === 'grpc') {
      if (path !== '') tell('a grpc address has no path. The path is left out. Remove it.');
    } else if (name === own) {
      if (path !== '') return;
      tell(
        `this variable is used as it is, and it has no path. Sending to that address without a path. Add ${PATHS[signal]} unless your receiver wants none.`,
      );
    } else if (Object.values(PATHS).some((end) => path.endsWith(end))) {
      const end = path.slice(path.lastIndexOf('/v1/'));
      tell(`it is the base of all signals, and /v1/traces and so on is added to it. Sending to the longer path. Remove ${end} from it.`);
    }
  }

  function formatEndpoint(url: URL, complete: boolean): Endpoint {
    const authorization = formatAuthorization(url);
    if (protocol === 'grpc') {
      return { url: `${url.protocol}//${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`, authorization };
    }
    const path = complete ? url.pathname : url.pathname.replace(/\/+$/, '') + PATHS[signal];
    return { url: `${url.protocol}//${url.host}${path}${url.search}`, authorization };
  }
}

function formatAuthorization({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  return `Basic ${Buffer.from(`${decode(username)}:${decode(password)}`).toString('base64')}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function resolveTls(signal: SignalWord, read: Reader, readFile: FileReader): OtlpTarget['tls'] {
  const ca = readPem('OTEL_EXPORTER_OTLP_CERTIFICATE');
  const key = readPem('OTEL_EXPORTER_OTLP_CLIENT_KEY');
  const cert = readPem('OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE');
  checkHalf('OTEL_EXPORTER_OTLP_CLIENT_KEY', 'OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE');
  checkHalf('OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE', 'OTEL_EXPORTER_OTLP_CLIENT_KEY');
  return { ...(ca === undefined ? {} : { ca }), ...(key === undefined || cert === undefined ? {} : { key, cert }) };

  function readPem(name: string): string | undefined {
    const path = read.text(name, signal);
    if (path === undefined) return undefined;
    const source = sourceOf(name);
    const file = readFile(path);
    if ('wrong' in file) {
      read.report(
        source,
        `${source} names the file "${revealPath(path)}", which cannot be read (${file.wrong}); a PEM file is allowed. Going on without it. Check the path and its permissions.`,
      );
      return undefined;
    }
    if (!file.text.includes('-----BEGIN ')) {
      read.report(
        source,
        `${source} names the file "${revealPath(path)}", which has no PEM text in it; a PEM file is allowed. Going on without it. Convert it to PEM, or name another file.`,
      );
      return undefined;
    }
    return file.text;
  }

  function checkHalf(given: string, missing: string): void {
    if (read.text(given, signal) === undefined || read.text(missing, signal) !== undefined) return;
    const source = sourceOf(given);
    read.report(source, `${source} is set without ${missing}; mutual TLS takes both. Going on without mutual TLS. Set ${missing} too.`);
  }

  /** The variable that gives the value: the per-signal one, if it is set. */
  function sourceOf(name: string): string {
    const own = formatSignalName(name, signal);
    return read.raw.has(own) ? own : name;
  }
}

/** A URL made of another variable's: a path beyond the usual one may be the rest of a password that the parser took for a path. */
function revealDerived(url: string, usualPath: string): string {
  const { origin, pathname } = new URL(url);
  return pathname === usualPath || pathname === '/' ? revealUrl(url) : `${origin}/...`;
}
