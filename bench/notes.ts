/** What a reader of the figures has to know; it stands under the tables. */
import { usesWrk } from './load.ts';
import { pinned } from './cores.ts';

/** How this run was made. */
export function methodNotes(seconds: number, database: string | undefined): readonly string[] {
  return [
    `The variants take turns. Every sample is compared with the bare ones right beside it; shown are medians, with the extremes in brackets. On a
machine shared with others only ratios and differences mean something; the ratio of bare to itself shows the noise.`,
    pinned
      ? 'The app has core 0; the load, the collector and the database share core 1.'
      : 'Nothing is pinned to a core here (taskset or a second core is missing): app and load disturb each other.',
    usesWrk(seconds)
      ? 'Load comes from wrk, 32 connections (the fixed rate: from a generator of our own, open loop, 64 connections).'
      : 'Load comes from a generator of our own (wrk is missing, or was asked for parts of a second): it reaches its limit before a bare app does, so that ratios look better.',
    'CPU per request is that of all threads of the app while it is loaded. RSS is read at the end of the load, with the app still full of it.',
    `Traces are sampled at 100 % unless the row says otherwise. What arrived at the collector is counted for each run, after SIGTERM: "seen" tells
what arrived per request, and LOST what did not.`,
    ...(database === undefined
      ? []
      : [`The database is ${database}${database === 'PGlite' ? ', one connection: queries wait for each other' : ''}.`]),
  ];
}

/** What is not like for like; fixed text of docs/performance.md. */
export const fairnessNotes: readonly string[] = [
  `Bare and otelier run in this clone; upstream and the rivals each in a folder of their own, installed by npm as a user would, with the same versions
of express, fastify, pg and winston. "One copy of each package" is upstream from this clone's node_modules, where overrides leave one copy of each
OpenTelemetry package: it starts faster than what a user gets.`,
  `otelier's code cache is warm, as on every start but the first of a version. No variant is given a compile cache of Node.js.`,
  `Upstream, Elastic, Splunk and AWS make a span for each middleware and router, about four for a request to express; otelier, dd-trace
and Sentry make one or two. That is part of what they cost, and of what they show: otelier does the same with OTELIER_VERBOSE_SPANS=true.`,
  `Not all send logs and metrics. Upstream 0.82 loses winston's records (its bridge speaks to an older logs API); dd-trace writes trace ids into the app's
lines and leaves the rest to its agent; Sentry is set up for traces. A row with NO LOGS or without metrics does less work than otelier's.`,
  `dd-trace speaks the protocol of its agent, here to a collector that answers at once, and tells it the number of traces only; sampled or not, it
sends them all. Sentry posts envelopes.`,
  `Honeycomb's distribution is years old: it does not know express 5, and makes the span of node:http only.`,
  `New Relic and Azure Monitor are not measured: they send over TLS to a service that has to complete their handshake, and a stand-in would decide
their figures.`,
  `Splunk 4.11.0 and Sentry 11.12.0 depend on packages that could not be found in the registry; measured are the newest versions that install.`,
];
