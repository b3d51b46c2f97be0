import { SpanStatusCode } from '@opentelemetry/api';
import { beforeEach, describe, expect, it } from 'vitest';
import { Paid } from '../../testing/ledger.ts';
import { SeenSpans, traceparentOf } from '../../testing/tracing.ts';
import { EventSource } from '../events/event-source.ts';
import { type Outgoing, PublishError } from './publisher.ts';
import { NOT_SAMPLED } from '../telemetry/trace-context.ts';
import { publishTraced } from './trace-sending.ts';
import { wallClock } from '../telemetry/wall-clock.ts';

const spans = new SeenSpans();
const source = new EventSource('/test', [Paid]);
/** What was published, and under which traceparent. */
const requests: { events: readonly Outgoing[]; traceparent: string }[] = [];

beforeEach(() => {
  spans.reset();
  requests.length = 0;
});

function outgoing(id: string, traceparent?: string, account = id): Outgoing {
  const time = '2026-01-01T00:00:00Z';
  const event = source.create(Paid, { account, amount: 1 }, { id, time, traceparent });
  return { entryId: `entry-${id}`, key: account, event: JSON.stringify(event) };
}

function send(
  events: readonly Outgoing[],
  answer: () => Set<string> = () => new Set(),
  { tracing } = spans,
): Promise<Set<string>> {
  const request = { topic: 'bill-paid', events, since: wallClock() };
  return publishTraced(tracing, request, (sent, traceparent) => {
    requests.push({ events: sent, traceparent });
    return Promise.resolve().then(answer);
  });
}

describe('publishTraced', () => {
  it('sends one event in a span, which goes with the event and with the request', async () => {
    const entry = outgoing('1', traceparentOf(1));
    expect(await send([entry])).toEqual(new Set());
    const [span, ...more] = spans.all();
    expect(more).toEqual([]);
    expect(span).toMatchObject({
      name: 'send bill-paid',
      traceId: traceparentOf(1).split('-')[1],
      parentId: traceparentOf(1).split('-')[2],
      attributes: {
        'messaging.system': 'kafka',
        'messaging.operation.type': 'send',
        'messaging.destination.name': 'bill-paid',
        'messaging.message.id': '1',
      },
      status: { code: SpanStatusCode.UNSET },
    });
    const own = `00-${span!.traceId}-${span!.spanId}-01`;
    expect(requests).toEqual([
      {
        traceparent: own,
        // But for the trace context, not a byte has changed.
        events: [{ ...entry, event: entry.event.replaceAll(traceparentOf(1), own) }],
      },
    ]);
  });

  it('keeps what a traceparent in the data says', async () => {
    const { event, ...entry } = outgoing('1', traceparentOf(1), traceparentOf(2, '00'));
    await send([{ ...entry, event }]);
    const sent = JSON.parse(requests[0]!.events[0]!.event) as { data: unknown };
    expect(sent.data).toEqual((JSON.parse(event) as { data: unknown }).data);
    expect(spans.all()).toHaveLength(1);
  });

  it('keeps the request of several events out of their traces', async () => {
    await send([outgoing('1', traceparentOf(1)), outgoing('2', traceparentOf(2))]);
    const [request] = requests;
    expect(request!.traceparent).toBe(NOT_SAMPLED);
    const traceOf = ({ event }: Outgoing) =>
      (JSON.parse(event) as { traceparent: string }).traceparent.split('-')[1];
    expect(request!.events.map(traceOf)).toEqual(spans.all().map(({ traceId }) => traceId));
    expect(spans.all()[0]!.attributes['messaging.batch.message_count']).toBe(2);
  });

  it('publishes an event that is not sampled as it is', async () => {
    const entry = outgoing('1', traceparentOf(1, '00'));
    await send([entry]);
    expect(requests).toEqual([{ traceparent: NOT_SAMPLED, events: [entry] }]);
    expect(spans.all()).toEqual([]);
  });

  it.each([
    [1, '01'],
    [0, '00'],
  ])('begins a trace for an event without one, with share %d', async (share, flags) => {
    const own = new SeenSpans(share);
    await send([outgoing('1')], undefined, own);
    const sent = JSON.parse(requests[0]!.events[0]!.event) as Record<string, string>;
    expect(sent.traceparent).toMatch(new RegExp(`^00-[0-9a-f]{32}-[0-9a-f]{16}-${flags}$`));
    expect(sent.traceid).toBe(sent.traceparent);
    expect(own.all()).toHaveLength(share);
  });

  it('marks what the broker has refused', async () => {
    const events = [outgoing('1', traceparentOf(1)), outgoing('2', traceparentOf(2))];
    expect(await send(events, () => new Set(['entry-2']))).toEqual(new Set(['entry-2']));
    expect(
      spans.all().map(({ attributes, status }) => [attributes['messaging.message.id'], status]),
    ).toEqual([
      ['1', { code: SpanStatusCode.UNSET }],
      ['2', { code: SpanStatusCode.ERROR, message: 'the broker did not accept the event' }],
    ]);
  });

  it('marks all when nothing is known of any, and throws on', async () => {
    const failure = new PublishError('the sidecar cannot be reached');
    await expect(
      send([outgoing('1', traceparentOf(1))], () => {
        throw failure;
      }),
    ).rejects.toBe(failure);
    expect(spans.all()).toMatchObject([
      {
        status: { code: SpanStatusCode.ERROR, message: 'the sidecar cannot be reached' },
        attributes: { 'error.type': 'PublishError' },
      },
    ]);
  });
});
