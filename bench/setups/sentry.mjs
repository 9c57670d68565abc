import * as Sentry from '@sentry/node';

Sentry.init({
  dsn: process.env['SENTRY_DSN'],
  tracesSampleRate: Number(process.env['SENTRY_TRACES_SAMPLE_RATE']),
  enableLogs: true,
});
