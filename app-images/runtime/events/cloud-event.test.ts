import { describe, expect, it } from 'vitest';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import { eventDay, toCloudEvent, traceId } from './cloud-event.ts';

describe('a CloudEvent', () => {
  const event = {
    specversion: '1.0',
    id: '1',
    source: '/s',
    type: 't',
    time: '2026-02-28T23:30:00-01:00',
  };

  it('has the day of its time in UTC', () => {
    expect(eventDay(toCloudEvent(event))).toBe('2026-03-01');
  });

  it.each(['2026-13-01T00:00:00Z', '2026-01-01', 'now', '2026-01-01T00:00:00', 7, null])(
    'needs a time of RFC 3339, not %s',
    (time) => {
      expect(() => toCloudEvent({ ...event, time })).toThrow(InvalidEventError);
    },
  );

  it('has a trace id', () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    expect(traceId({ traceparent })).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
    expect(traceId({ traceparent: 'x' })).toBeUndefined();
    expect(traceId({ traceparent: `${traceparent}\u0000` })).toBeUndefined();
    expect(traceId({ traceparent: 7 as never })).toBeUndefined();
  });
});
