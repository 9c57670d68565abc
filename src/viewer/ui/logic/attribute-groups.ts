/** Turns a flat set of attributes into groups by namespace, those that tell most first: http, db, messaging, rpc, the app's own, the rest. */
import type { Attributes, Value } from '../../api.ts';

export interface AttributeGroup {
  readonly name: string;
  readonly entries: readonly (readonly [key: string, value: Value])[];
}

const titles: Readonly<Record<string, string>> = {
  http: 'HTTP',
  url: 'HTTP',
  user_agent: 'HTTP',
  client: 'Network',
  server: 'Network',
  network: 'Network',
  net: 'Network',
  peer: 'Network',
  db: 'Database',
  messaging: 'Messaging',
  rpc: 'RPC',
  exception: 'Exception',
  error: 'Error',
  code: 'Code',
  thread: 'Process',
  process: 'Process',
  gen_ai: 'GenAI',
  faas: 'Cloud',
  cloud: 'Cloud',
  k8s: 'Kubernetes',
  container: 'Container',
  host: 'Host',
  os: 'Host',
  service: 'Service',
  deployment: 'Service',
  telemetry: 'Telemetry SDK',
  enduser: 'User',
  user: 'User',
  session: 'User',
  graphql: 'GraphQL',
  feature_flag: 'Feature flag',
};
/** What no convention names. */
export const otherGroup = 'Custom';

const order = [
  'Error',
  'Exception',
  otherGroup,
  'HTTP',
  'Database',
  'Messaging',
  'RPC',
  'GraphQL',
  'GenAI',
  'User',
  'Feature flag',
  'Service',
  'Network',
  'Code',
  'Cloud',
  'Kubernetes',
  'Container',
  'Host',
  'Process',
  'Telemetry SDK',
];

export function groupAttributes(attributes: Attributes): readonly AttributeGroup[] {
  const groups = new Map<string, (readonly [string, Value])[]>();
  for (const entry of Object.entries(attributes)) {
    const name = titles[/^[^.]+/.exec(entry[0])?.[0] ?? ''] ?? otherGroup;
    groups.set(name, [...(groups.get(name) ?? []), entry]);
  }
  return [...groups]
    .map(([name, entries]) => ({ name, entries: entries.sort(([a], [b]) => (a < b ? -1 : 1)) }))
    .sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
}
