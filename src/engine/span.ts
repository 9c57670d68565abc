/**
 * One unit of work while it lasts. It holds what the API sets; when it ends it is written out as bytes and nothing of it is kept.
 * To span processors it is a `ReadableSpan` of the stock SDK.
 */
import { SpanStatusCode, TraceFlags, diag } from '@opentelemetry/api';
import type { AnyValue, Context, Exception, HrTime, Link, Span, SpanContext, SpanKind, SpanStatus, TimeInput } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan, Span as SdkSpan, SpanProcessor, TimedEvent } from '@opentelemetry/sdk-trace';
import { AttributeList } from './attributes.ts';
import type { AttributeLimits } from './attributes.ts';
import { durationBetween, epochAt, isTimeInput, momentOf, nowMs, toHrTime } from './clock.ts';
import type { Moment } from './clock.ts';
import { exceptionAttributes } from './exception.ts';
import { guarded } from './guarded.ts';
import { Identity } from './ids.ts';
import type { TraceParts } from './ids.ts';
import type { Scope } from './scope.ts';
import { textOf } from './text.ts';

export interface SpanLimits {
  readonly attributes: AttributeLimits;
  readonly eventAttributes: AttributeLimits;
  readonly linkAttributes: AttributeLimits;
  readonly events: number;
  readonly links: number;
}

/** What all spans of a provider share. */
export interface SpanHome {
  readonly resource: Resource;
  readonly limits: SpanLimits;
  readonly processors: readonly SpanProcessor[];
  /** Where a sampled span goes when it has ended. */
  readonly finish: (span: LeanSpan) => void;
}

export interface RecordedLink {
  readonly context: SpanContext;
  readonly attributes: Record<string, AnyValue>;
  readonly droppedAttributesCount: number;
}

/** How a span begins, as the tracer has settled it. */
export interface SpanStart {
  readonly name: string;
  readonly kind: SpanKind;
  readonly startTime: TimeInput | undefined;
  readonly attributes: unknown;
  readonly links: readonly Link[] | undefined;
}

/** A span that is not recorded: ids that travel on, and nothing else. */
export class UnsampledSpan extends Identity implements Span {
  isRecording(): boolean {
    return false;
  }
  setAttribute(): this {
    return this;
  }
  setAttributes(): this {
    return this;
  }
  addEvent(): this {
    return this;
  }
  addLink(): this {
    return this;
  }
  addLinks(): this {
    return this;
  }
  setStatus(): this {
    return this;
  }
  updateName(): this {
    return this;
  }
  recordException(): void {}
  end(): void {}
}

const { SAMPLED } = TraceFlags;
const NO_LINKS: RecordedLink[] = [];
const NO_EVENTS: TimedEvent[] = [];
const NO_ATTRIBUTES: AttributeList = new AttributeList();
const UNSET: SpanStatus = { code: SpanStatusCode.UNSET };

export class LeanSpan extends Identity implements Span {
  name: string;
  readonly kind: SpanKind;
  /** The parent where it is one of ours, or its context where it came over the wire. */
  readonly parent: Identity | SpanContext | undefined;
  readonly scope: Scope;
  readonly home: SpanHome;
  attributeList: AttributeList;
  status: SpanStatus = UNSET;
  events: TimedEvent[] = NO_EVENTS;
  links: RecordedLink[] = NO_LINKS;
  droppedEventsCount = 0;
  droppedLinksCount = 0;
  start: Moment;
  finished: Moment = 0;
  ended = false;
  /** `performance.now()` at the start. */
  readonly #reading: number;
  /** What to add to such a reading for the time of day. */
  readonly #readingsFrom: number;
  readonly #ownStart: boolean;

  constructor(trace: TraceParts, parent: Identity | SpanContext | undefined, scope: Scope, home: SpanHome, begin: SpanStart) {
    super(trace, SAMPLED, parent?.traceState);
    this.parent = parent;
    this.scope = scope;
    this.home = home;
    this.name = begin.name;
    this.kind = begin.kind;
    const reading = performance.now();
    const now = epochAt(reading);
    this.#reading = reading;
    this.#readingsFrom = now - reading;
    const given = begin.startTime === undefined ? undefined : momentOf(begin.startTime, this.#readingsFrom);
    this.#ownStart = given === undefined;
    this.start = given ?? now;
    this.attributeList = new AttributeList();
    if (begin.attributes !== undefined) this.attributeList.setFirst(begin.attributes, home.limits.attributes);
    if (begin.links !== undefined) this.#linkFirst(begin.links);
  }

  /** Tells the processors; called once by the tracer, since a constructor is no place for code of others. */
  announce(parentContext: Context): void {
    for (const processor of this.home.processors) guarded(() => processor.onStart(this as never as SdkSpan, parentContext));
  }

  isRecording(): boolean {
    return !this.ended;
  }

  setAttribute(key: string, value: AnyValue): this {
    if (!this.#isOver()) this.attributeList.set(key, value, this.home.limits.attributes);
    return this;
  }

  setAttributes(attributes: Readonly<Record<string, AnyValue>>): this {
    if (!this.#isOver()) this.attributeList.setAll(attributes, this.home.limits.attributes);
    return this;
  }

  addEvent(name: string, attributesOrTime?: Readonly<Record<string, AnyValue>> | TimeInput, time?: TimeInput): this {
    if (this.#isOver()) return this;
    const { events: limit, eventAttributes } = this.home.limits;
    if (limit === 0) {
      this.droppedEventsCount++;
      return this;
    }
    if (this.events === NO_EVENTS) this.events = [];
    if (this.events.length >= limit) {
      this.events.shift();
      this.droppedEventsCount++;
    }
    const onlyTime = isTimeInput(attributesOrTime);
    const list = new AttributeList();
    if (!onlyTime) list.setFirst(attributesOrTime, eventAttributes, true);
    const given = isTimeInput(time) ? time : onlyTime ? attributesOrTime : undefined;
    this.events.push({
      name: textOf(name),
      time: toHrTime(this.#momentOf(given)),
      attributes: list.toObject() as NonNullable<TimedEvent['attributes']>,
      droppedAttributesCount: list.dropped,
    });
    return this;
  }

  addLink(link: Link): this {
    if (this.#isOver()) return this;
    const { links: limit, linkAttributes } = this.home.limits;
    if (limit === 0) {
      this.droppedLinksCount++;
      return this;
    }
    const recorded = recordLink(link, linkAttributes);
    if (!recorded) return this;
    if (this.links === NO_LINKS) this.links = [];
    if (this.links.length >= limit) {
      this.links.shift();
      this.droppedLinksCount++;
    }
    this.links.push(recorded);
    return this;
  }

  addLinks(links: readonly Link[]): this {
    try {
      for (const link of links) this.addLink(link);
    } catch (error) {
      diag.warn('Links could not be read', error);
    }
    return this;
  }

  setStatus(status: SpanStatus): this {
    if (this.#isOver() || status === null || typeof status !== 'object') return this;
    try {
      this.#setStatus(status);
    } catch (error) {
      diag.warn('Dropping a status that cannot be read', error);
    }
    return this;
  }

  #setStatus({ code, message }: SpanStatus): void {
    if ((code !== SpanStatusCode.OK && code !== SpanStatusCode.ERROR) || this.status.code === SpanStatusCode.OK) return;
    const withMessage = code === SpanStatusCode.ERROR && typeof message === 'string';
    if (code === SpanStatusCode.ERROR && message !== undefined && message !== null && !withMessage) {
      diag.warn(`Dropping invalid status.message of type '${typeof message}', expected 'string'`);
    }
    this.status = withMessage ? { code, message } : { code };
  }

  updateName(name: string): this {
    if (!this.#isOver()) this.name = textOf(name);
    return this;
  }

  recordException(exception: Exception, time?: TimeInput): void {
    if (this.#isOver()) return;
    const attributes = exceptionAttributes(exception);
    if (attributes) this.addEvent('exception', attributes, time);
    else diag.warn('Failed to record an exception that has neither a type nor a message');
  }

  end(endTime?: TimeInput): void {
    // Also while it ends: a processor that ends it again in `onEnding` must not end it twice.
    if (this.ended || this.finished !== 0) {
      diag.error(`${this.name} ${this.#idText()} - You can only call end() on a span once.`);
      return;
    }
    const at =
      endTime === undefined && this.#ownStart ? (this.start as number) + (performance.now() - this.#reading) : this.#momentOf(endTime);
    if (durationIsNegative(this.start, at)) {
      diag.warn('Inconsistent start and end time, startTime > endTime. Setting span duration to 0ms.', this.startTime, toHrTime(at));
      this.finished = this.start;
    } else this.finished = at;
    const { processors, finish } = this.home;
    if (processors.length === 0) this.ended = true;
    else this.#endBefore(processors);
    if (this.attributeList.dropped > 0 || this.droppedEventsCount > 0 || this.droppedLinksCount > 0) this.#tellDropped();
    finish(this);
  }

  /** Processors come before the export: what they do to the attributes even of an ended span, as some do to hide values, is exported. */
  #endBefore(processors: readonly SpanProcessor[]): void {
    for (const processor of processors) guarded(() => processor.onEnding?.(this as never as SdkSpan));
    this.ended = true;
    for (const processor of processors) guarded(() => processor.onEnd(this as never as ReadableSpan));
    this.attributeList.settle(this.home.limits.attributes);
  }

  /** Once per span, https://opentelemetry.io/docs/specs/otel/trace/sdk/#span-limits */
  #tellDropped(): void {
    const { attributeList, droppedEventsCount: events, droppedLinksCount: links } = this;
    diag.warn(`Dropped ${attributeList.dropped} attributes, ${events} events and ${links} links of a span because of its limits`);
  }

  /** Lets go of what only its bytes need, once it has ended: an idle connection or a timer may keep the span itself as part of its context. */
  forget(): void {
    this.attributeList = NO_ATTRIBUTES;
    this.events = NO_EVENTS;
    this.links = NO_LINKS;
  }

  get parentSpanContext(): SpanContext | undefined {
    return this.parent instanceof Identity ? this.parent.spanContext() : this.parent;
  }
  get startTime(): HrTime {
    return toHrTime(this.start);
  }
  get endTime(): HrTime {
    return toHrTime(this.finished);
  }
  get duration(): HrTime {
    return this.finished === 0 ? [-1, -1] : durationBetween(this.start, this.finished);
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

  #linkFirst(given: readonly Link[]): void {
    if (!Array.isArray(given)) return;
    const { links: limit, linkAttributes } = this.home.limits;
    const links = (given as readonly Link[]).map((link) => recordLink(link, linkAttributes)).filter((link) => link !== undefined);
    this.droppedLinksCount = Math.max(links.length - limit, 0);
    this.links = links.slice(this.droppedLinksCount);
  }

  /** A time that the app gave, else now, on the clock that the start was read from. */
  #momentOf(input: TimeInput | undefined): Moment {
    const given = input === undefined ? undefined : momentOf(input, this.#readingsFrom);
    if (given !== undefined) return given;
    return this.#ownStart ? (this.start as number) + (performance.now() - this.#reading) : nowMs();
  }

  #isOver(): boolean {
    if (this.ended) diag.warn(`Cannot execute the operation on ended Span ${this.#idText()}`);
    return this.ended;
  }

  #idText(): string {
    const { traceId, spanId } = this.spanContext();
    return `{traceId: ${traceId}, spanId: ${spanId}}`;
  }
}

/** Undefined for what is no sound link: one id of another length would make receivers refuse the whole request. */
function recordLink(link: Link, limits: AttributeLimits): RecordedLink | undefined {
  try {
    const { context } = link;
    const { traceId, spanId, traceFlags } = context;
    if (typeof traceId !== 'string' || traceId.length !== 32 || typeof spanId !== 'string' || spanId.length !== 16) return undefined;
    if (typeof traceFlags !== 'number') return undefined;
    const list = new AttributeList();
    list.setFirst(link.attributes, limits);
    context.traceState?.serialize(); // The JSON serializer, which comes later, would lose the whole request to one that throws.
    return { context, attributes: list.toObject(), droppedAttributesCount: list.dropped };
  } catch {
    return undefined;
  }
}

function durationIsNegative(from: Moment, to: Moment): boolean {
  if (typeof from === 'number' && typeof to === 'number') return to < from;
  return durationBetween(from, to)[0] < 0;
}
