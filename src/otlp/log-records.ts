/** Turns a decoded logs message into one record per log record. */
import { noteDouble, toAttributes, toAttributeValue, toOptionalId, toResource, toScope } from './attributes.ts';
import type { LogRecord, Resource, Scope } from './records.ts';
import type { Message } from './schema.ts';

/** In the order sent. Records of one resource share its object, and so do records of one scope. */
export function toLogRecords(logs: Message<'LogsData'>): LogRecord[] {
  const records: LogRecord[] = [];
  for (const { resource: rawResource, schemaUrl, scopeLogs = [] } of logs.resourceLogs ?? []) {
    const resource = toResource(rawResource, schemaUrl);
    for (const { scope: rawScope, schemaUrl: scopeSchemaUrl, logRecords = [] } of scopeLogs) {
      const scope = toScope(rawScope, scopeSchemaUrl);
      for (const log of logRecords) records.push(toLogRecord(log, resource, scope));
    }
  }
  return records;
}

function toLogRecord(log: Message<'LogRecord'>, resource: Resource, scope: Scope): LogRecord {
  const record = {
    timeUnixNano: log.timeUnixNano ?? 0n,
    observedTimeUnixNano: log.observedTimeUnixNano ?? 0n,
    severityNumber: log.severityNumber ?? 0,
    severityText: log.severityText ?? '',
    body: toAttributeValue(log.body),
    attributes: toAttributes(log.attributes),
    eventName: log.eventName ?? '',
    traceId: toOptionalId(log.traceId),
    spanId: toOptionalId(log.spanId),
    flags: log.flags ?? 0,
    droppedAttributesCount: log.droppedAttributesCount ?? 0,
    resource,
    scope,
  };
  noteDouble(record, 'body', log.body);
  return record;
}
