import { randomUUID } from 'node:crypto';
import type { EventContract } from '@cdk8s-event-platform/contracts';
import { dataSchemaOf, majorOf, REPLY_TO } from '@cdk8s-event-platform/contracts/interface';
import { type Cause, causationOf, derivedId } from './causation.ts';
import type { CloudEvent } from './cloud-event.ts';

/** What an event says beside its contract. */
export interface NewEvent {
  /** What it follows from. @default - nothing: it begins something */
  readonly cause?: Cause | undefined;
  readonly discriminator?: string | undefined;
  /** @default - derived from the cause; without one, another each time */
  readonly id?: string | undefined;
  /** When it happened, RFC 3339. */
  readonly time: string;
  /** App that waits for its answer. @default - none */
  readonly replyTo?: string | undefined;
  readonly data: unknown;
}

/** The event of an app, which is not checked yet. */
export function newEvent(
  { appId, source }: { readonly appId: string; readonly source: string },
  contract: EventContract,
  { cause, discriminator, id, time, replyTo, data }: NewEvent,
): CloudEvent {
  const { type, version } = contract;
  const traceparent = cause?.traceparent;
  const derived =
    cause && derivedId(cause, { appId, type, major: majorOf(version), discriminator });
  return {
    specversion: '1.0',
    id: id ?? derived ?? randomUUID(),
    source,
    type,
    time,
    datacontenttype: 'application/json',
    dataschema: dataSchemaOf(contract),
    ...(cause && causationOf(cause)),
    ...(replyTo !== undefined && { [REPLY_TO]: replyTo }),
    // Dapr keeps a trace context that has its older name, too.
    ...(traceparent !== undefined && { traceparent, traceid: traceparent }),
    data,
  };
}
