/**
 * One log record from `emit` to its bytes. Processors may change it while `onEmit` runs, by the names that the stock SDK's record has.
 * https://opentelemetry.io/docs/specs/otel/logs/sdk/#readwritelogrecord
 */
import { diag, isSpanContextValid } from '@opentelemetry/api';
import type { AnyValue, Context, HrTime, LogRecord, SeverityNumber, SpanContext } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { LogRecordProcessor } from '@opentelemetry/sdk-logs';
import { AttributeList, cleanAny } from './attributes.ts';
import type { AttributeLimits } from './attributes.ts';
import { isHrTime, momentOf, nowMs, toHrTime } from './clock.ts';
import type { Moment } from './clock.ts';
import { exceptionAttributes } from './exception.ts';
import { Identity, spanIn } from './ids.ts';
import type { Scope } from './scope.ts';
import { textOf } from './text.ts';

/** What all records of a provider share. */
export interface LogHome {
  readonly resource: Resource;
  readonly limits: AttributeLimits;
  readonly processors: readonly LogRecordProcessor[];
  /** Where a record goes once the processors have seen it. */
  readonly finish: (record: LeanLogRecord) => void;
}

export class LeanLogRecord {
  readonly home: LogHome;
  readonly scope: Scope;
  readonly attributeList: AttributeList = new AttributeList();
  /** The span it belongs to where that is one of ours, or its context; undefined outside a trace. */
  span: Identity | SpanContext | undefined;
  at: Moment;
  observed: Moment;
  severityNumber: SeverityNumber | undefined;
  severityText: string | undefined;
  body: AnyValue;
  eventName: string | undefined;
  #over = false;

  constructor(home: LogHome, scope: Scope, record: LogRecord, context: Context) {
    this.home = home;
    this.scope = scope;
    const now = nowMs();
    this.at = (record.timestamp === undefined ? undefined : momentOf(record.timestamp, performance.timeOrigin)) ?? now;
    this.observed =
      (record.observedTimestamp === undefined ? undefined : momentOf(record.observedTimestamp, performance.timeOrigin)) ?? now;
    this.severityNumber = severityOf(record.severityNumber);
    this.severityText = optionalText(record.severityText);
    this.body = cleanAny(record.body);
    this.eventName = optionalText(record.eventName);
    this.span = spanOf(context);
    if (record.attributes !== undefined) this.attributeList.setAll(record.attributes, home.limits);
    if (record.exception !== undefined && record.exception !== null) this.#setException(record.exception);
  }

  get hrTime(): HrTime {
    return toHrTime(this.at);
  }
  set hrTime(time: HrTime) {
    if (!this.#isOver() && isHrTime(time)) this.at = time;
  }
  get hrTimeObserved(): HrTime {
    return toHrTime(this.observed);
  }
  set hrTimeObserved(time: HrTime) {
    if (!this.#isOver() && isHrTime(time)) this.observed = time;
  }
  get spanContext(): SpanContext | undefined {
    return this.span instanceof Identity ? this.span.spanContext() : this.span;
  }
  set spanContext(context: SpanContext | undefined) {
    if (!this.#isOver() && (context === undefined || isSpanContextValid(context))) this.span = context;
  }
  get attributes(): Record<string, AnyValue> {
    return this.attributeList.show();
  }
  get droppedAttributesCount(): number {
    return this.attributeList.dropped;
  }
  get resource(): Resource {
    return this.home.resource;
  }
  get instrumentationScope(): Scope {
    return this.scope;
  }

  setAttribute(key: string, value?: AnyValue): this {
    if (!this.#isOver()) this.attributeList.set(key, value, this.home.limits);
    return this;
  }
  setAttributes(attributes: Readonly<Record<string, AnyValue>>): this {
    if (!this.#isOver()) this.attributeList.setAll(attributes, this.home.limits);
    return this;
  }
  setBody(body: AnyValue): this {
    if (!this.#isOver()) this.body = cleanAny(body);
    return this;
  }
  setEventName(eventName: string): this {
    if (!this.#isOver()) this.eventName = eventName;
    return this;
  }
  setSeverityNumber(severityNumber: SeverityNumber): this {
    if (!this.#isOver()) this.severityNumber = severityNumber;
    return this;
  }
  setSeverityText(severityText: string): this {
    if (!this.#isOver()) this.severityText = severityText;
    return this;
  }

  /** After this it can only be read. Processors may have assigned what they liked. */
  close(): void {
    this.#over = true;
    this.attributeList.settle(this.home.limits);
    this.severityNumber = severityOf(this.severityNumber);
    this.severityText = optionalText(this.severityText);
    this.body = cleanAny(this.body);
    this.eventName = optionalText(this.eventName);
  }

  #isOver(): boolean {
    if (this.#over) diag.warn('Can not execute the operation on emitted log record');
    return this.#over;
  }

  /** What the app set itself stays. */
  #setException(exception: unknown): void {
    const attributes = exceptionAttributes(typeof exception === 'number' ? String(exception) : exception);
    if (!attributes) {
      diag.warn('Failed to record an exception that has neither a type nor a message');
      return;
    }
    for (const [key, value] of Object.entries(attributes)) {
      if (!this.attributeList.has(key)) this.attributeList.set(key, value, this.home.limits);
    }
  }
}

/** Undefined for what the data model does not know: one such number would make receivers refuse the whole request. */
function severityOf(severity: unknown): SeverityNumber | undefined {
  return typeof severity === 'number' && Number.isInteger(severity) && severity >= 0 && severity <= 24 ? severity : undefined;
}

function optionalText(text: unknown): string | undefined {
  return text === undefined || text === null ? undefined : textOf(text);
}

function spanOf(context: Context): Identity | SpanContext | undefined {
  try {
    return spanIn(context);
  } catch (error) {
    diag.warn('The span of a log record could not be read', error);
    return undefined;
  }
}
