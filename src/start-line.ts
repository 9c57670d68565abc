/** The one line that a start prints: version, service, signals with their targets, and how many things are wrong. */
import type { Config, OtlpTarget } from './config/types.ts';

export function formatStartLine(
  self: { name: string; version: string },
  config: Config,
  service: { serviceName: string; serviceVersion: string | undefined },
  problems: number,
): string {
  const name = service.serviceVersion ? `${service.serviceName} ${service.serviceVersion}` : service.serviceName;
  const wrong = problems === 0 ? '' : `; ${problems} ${problems === 1 ? 'setting needs' : 'settings need'} attention, see above`;
  return `${self.version} started for ${name}; ${describeSignals(config)}${wrong}`;
}

function describeSignals({ configFile, traces, metrics, logs }: Config): string {
  if (configFile !== undefined) return `signals as in ${configFile}`;
  const ways = {
    traces: traces && waysOf(traces.otlp, traces.console),
    metrics: metrics && [
      ...waysOf(metrics.otlp, metrics.console),
      ...(metrics.prometheus ? [`http://${metrics.prometheus.host}:${metrics.prometheus.port}/metrics`] : []),
    ],
    logs: logs && waysOf(logs.otlp, logs.console),
  };
  // Signals that go the same way share a phrase: "traces, metrics and logs to ...".
  const groups = new Map<string, string[]>();
  for (const [signal, targets] of Object.entries(ways)) {
    const where = targets ? `to ${targets.join(' and ')}` : 'off';
    groups.set(where, [...(groups.get(where) ?? []), signal]);
  }
  return [...groups].map(([where, signals]) => `${signals.join(', ')} ${where}`).join('; ');
}

function waysOf(otlp: OtlpTarget | undefined, console: boolean): string[] {
  return [...(otlp ? [`${new URL(otlp.url).origin} (${otlp.protocol})`] : []), ...(console ? ['the console'] : [])];
}
