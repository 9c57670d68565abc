/** The variables that every dashboard has, and the label matchers that use them. */

import type { Variable } from './source.ts';

/**
 * Which apps are looked at. With `All`, namespace and environment also match apps that name none; each app has a service name, and LogQL wants one
 * matcher that an absent label cannot satisfy. PromQL and LogQL take the same text, because both stores call the labels the same.
 */
export const APP: string = 'service_namespace=~"$namespace", deployment_environment_name=~"$environment", service_name=~"$service"';

/** Any app that sends metrics has one of these. */
const ANY_APP = '__name__=~"process_memory_usage_bytes|http_server_request_duration_seconds_count|traces_span_metrics_calls_total"';

const NAMESPACE: Variable = {
  name: 'namespace',
  title: 'Namespace',
  label: 'service_namespace',
  of: `{${ANY_APP}}`,
  all: '.*',
};

const ENVIRONMENT: Variable = {
  name: 'environment',
  title: 'Environment',
  label: 'deployment_environment_name',
  of: `{${ANY_APP}, service_namespace=~"$namespace"}`,
  all: '.*',
};

const SERVICE: Variable = {
  name: 'service',
  title: 'Service',
  label: 'service_name',
  of: `{${ANY_APP}, service_namespace=~"$namespace", deployment_environment_name=~"$environment"}`,
  all: '.+',
};

/** Namespace, environment and service, each offering what fits the ones before it. */
export const APP_VARIABLES: readonly Variable[] = [NAMESPACE, ENVIRONMENT, SERVICE];

/** The same where the panels are not about apps: the choice is kept for the dashboard that is opened next. */
export const CARRIED_VARIABLES: readonly Variable[] = APP_VARIABLES.map((variable) => ({ ...variable, hidden: true }));

/** A choice of the values of one more label, among the apps chosen. */
export function appVariable(name: string, title: string, label: string, metric: string): Variable {
  return { name, title, label, of: `${metric}{${APP}}`, all: '.*' };
}

/** A choice that has nothing to do with apps, such as a host. */
export function otherVariable(name: string, title: string, label: string, metric: string): Variable {
  return { name, title, label, of: metric, all: '.*' };
}

/** What stands for each variable when nothing was chosen; the checks of the queries put it in. */
export const BUILT_IN_VARIABLES: Readonly<Record<string, string>> = {
  __rate_interval: '4m',
  __interval: '1m',
  __auto: '1m',
  __range: '1h',
  __range_s: '3600',
};
