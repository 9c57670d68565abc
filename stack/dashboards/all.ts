/** All dashboards, in the order in which a person goes through them: from what users feel down to the machine, then the stack itself. */

import { alerts } from './alerts.ts';
import type { Dashboard } from './build/source.ts';
import { business } from './business.ts';
import { database } from './database.ts';
import { http } from './http.ts';
import { infrastructure } from './infrastructure.ts';
import { logsAndErrors } from './logs.ts';
import { runtime } from './runtime.ts';
import { security } from './security.ts';
import { services } from './services.ts';
import { telemetry } from './telemetry.ts';

export const DASHBOARDS: readonly Dashboard[] = [
  services,
  runtime,
  http,
  database,
  logsAndErrors,
  business,
  security,
  infrastructure,
  telemetry,
  alerts,
];
