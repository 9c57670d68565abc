/** What the shop is to be made of -> how each of its processes is started: arguments, environment, and the port on which it answers. */

import type { ShareName } from './customers/mix.ts';

/** In the order in which they start. `database` is the embedded one. */
export const processNames = ['database', 'shop-payments', 'shop-storefront', 'customers'] as const;
export type ProcessName = (typeof processNames)[number];

/** RATE and the shares, as load.ts takes them. */
export type CustomerMix = Readonly<Partial<Record<'RATE' | ShareName, number>>>;

export interface ProcessStart {
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly port?: number;
}

export interface Plan {
  readonly preload: string;
  readonly otlpUrl: string;
  readonly ports: { readonly database: number; readonly storefront: number; readonly payments: number };
  readonly databaseUrl: string;
  /** The embedded one is a single session: the pool has one connection then. */
  readonly embedded: boolean;
  readonly redisUrl: string | undefined;
  /** Variables of both services, which win. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Arguments are relative to this folder. */
export function planProcess(name: ProcessName, plan: Plan, mix: CustomerMix): ProcessStart {
  const { ports, preload } = plan;
  // What the shell says about telemetry is left out, so that the demo shows the same everywhere.
  const plain = Object.fromEntries(Object.entries(process.env).filter(([variable]) => !/^(OTEL|OTELIER)_/.test(variable)));
  const observed = {
    ...plain,
    HOST: '127.0.0.1',
    OTEL_EXPORTER_OTLP_ENDPOINT: plan.otlpUrl,
    OTEL_RESOURCE_ATTRIBUTES: 'service.namespace=shop,deployment.environment.name=demo',
    OTEL_METRIC_EXPORT_INTERVAL: '2000',
    OTEL_BSP_SCHEDULE_DELAY: '500',
    OTEL_BLRP_SCHEDULE_DELAY: '500',
  };
  switch (name) {
    case 'database':
      return { args: ['database.ts'], env: { ...plain, PORT: String(ports.database) }, port: ports.database };
    case 'shop-payments':
      return {
        args: ['--import', preload, 'payments/server.js'],
        env: { ...observed, PORT: String(ports.payments), ...plan.environment },
        port: ports.payments,
      };
    case 'shop-storefront':
      return {
        args: ['--import', preload, 'storefront/server.js'],
        env: {
          ...observed,
          PORT: String(ports.storefront),
          DATABASE_URL: plan.databaseUrl,
          ...(plan.embedded ? { DATABASE_POOL_MAX: '1' } : {}),
          REDIS_URL: plan.redisUrl ?? '',
          PAYMENTS_URL: `http://127.0.0.1:${ports.payments}`,
          ...plan.environment,
        },
        port: ports.storefront,
      };
    case 'customers': {
      const settings = Object.entries(mix).map(([variable, value]) => [variable, String(value)] as const);
      return {
        args: ['load.ts'],
        env: { ...plain, STOREFRONT_URL: `http://127.0.0.1:${ports.storefront}`, ...Object.fromEntries(settings) },
      };
    }
  }
}
