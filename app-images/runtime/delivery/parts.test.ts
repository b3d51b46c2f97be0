import { afterEach, describe, expect, it, vi } from 'vitest';
import { eventDay, toCloudEvent, traceId } from '../events/cloud-event.ts';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import { Budget } from '../http/budget.ts';
import { Gate, OverloadError } from '../http/concurrency-limiter.ts';
import { createLogger, silentLogger } from '../telemetry/logging.ts';
import { Counter, Gauge, Histogram, prometheusText } from '../telemetry/prometheus.ts';
import { numberFromEnv } from '../process/start.ts';
import { startPollingLoop } from '../process/polling-loop.ts';

afterEach(() => vi.unstubAllEnvs());

describe('metrics', () => {
  it('are in the text format of Prometheus', () => {
    const counter = new Counter('c_total', 'Counts.');
    counter.add({ type: 'a"b\\c\nd' });
    counter.add({ type: 'x' }, 3);
    counter.add({ type: 'x' });
    const gauge = new Gauge('g', 'Says.');
    gauge.replace([[{}, 1]]);
    gauge.replace([[{}, 2.5]]);
    const histogram = new Histogram('h_seconds', 'Takes.', [0.1, 1]);
    histogram.observe({ type: 'x' }, 0.1, 2);
    histogram.observe({ type: 'x' }, 5);
    expect(prometheusText([counter, gauge, histogram])).toBe(
      [
        '# HELP c_total Counts.',
        '# TYPE c_total counter',
        'c_total{type="a\\"b\\\\c\\nd"} 1',
        'c_total{type="x"} 4',
        '# HELP g Says.',
        '# TYPE g gauge',
        'g 2.5',
        '# HELP h_seconds Takes.',
        '# TYPE h_seconds histogram',
        'h_seconds_bucket{type="x",le="0.1"} 2',
        'h_seconds_bucket{type="x",le="1"} 2',
        'h_seconds_bucket{type="x",le="+Inf"} 3',
        'h_seconds_sum{type="x"} 5.2',
        'h_seconds_count{type="x"} 3',
        '',
      ].join('\n'),
    );
  });
});

describe('logs', () => {
  it('are JSON objects, a line each, of the level and above', () => {
    const lines: string[] = [];
    const log = createLogger('app', 'warn', (line) => lines.push(line));
    log.info({}, 'not this');
    log.error({ id: '1' }, 'this\nline');
    expect(lines).toHaveLength(1);
    expect(lines[0]!.endsWith('}\n') && lines[0]!.indexOf('\n') === lines[0]!.length - 1).toBe(
      true,
    );
    expect(JSON.parse(lines[0]!)).toMatchObject({
      level: 'error',
      app: 'app',
      message: 'this\nline',
      id: '1',
    });
    expect(() => createLogger('app', 'loud')).toThrow(
      "LOG_LEVEL 'loud' is not a level: use debug, info, warn, error",
    );
  });
});

describe('Gate', () => {
  it('lets so many in at once, in their order, and goes on after a failure', async () => {
    const gate = new Gate({ concurrency: 2, waiting: 2 });
    const order: string[] = [];
    const release: (() => void)[] = [];
    const enter = (name: string) =>
      gate.pass(async () => {
        order.push(name);
        await new Promise<void>((resolve) => release.push(resolve));
      });
    const inside = ['a', 'b', 'c', 'd'].map(enter);
    await expect(enter('e')).rejects.toBeInstanceOf(OverloadError);
    expect(order).toEqual(['a', 'b']);
    while (release.length > 0 || order.length < 4) {
      release.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(inside);
    expect(order).toEqual(['a', 'b', 'c', 'd']);
    await expect(gate.pass(() => Promise.reject(new Error('x')))).rejects.toThrow('x');
    expect(await gate.pass(() => Promise.resolve(1))).toBe(1);
  });
});

describe('Budget', () => {
  it('refuses what is too much beside the rest, and gives everything back', async () => {
    const budget = new Budget(10, 'bytes');
    await budget.use(async (take) => {
      take(4);
      take(5);
      expect(() => take(2)).toThrow(
        new OverloadError('9 bytes are in progress already, at most 10 may be'),
      );
      const other = budget.use(async (takeMore) => {
        await Promise.resolve();
        takeMore(2);
      });
      await expect(other).rejects.toThrow(OverloadError);
      take(1);
    });
    expect(budget.used).toBe(0);
    const failing = budget.use((take) => {
      take(7);
      return Promise.reject(new Error('x'));
    });
    await expect(failing).rejects.toThrow('x');
    expect(budget.used).toBe(0);
  });
});

describe('a worker', () => {
  it('works without a pause while there is work, and waits longer and longer when there is none', async () => {
    const times: number[] = [];
    let work = 3;
    const worker = startPollingLoop({
      name: 'test',
      poll: () => {
        times.push(performance.now());
        return Promise.resolve(work-- > 0 ? 1 : 0);
      },
      minDelay: 20,
      maxDelay: 40,
      log: silentLogger,
    });
    await expect.poll(() => times.length).toBeGreaterThan(6);
    await worker.stop();
    const count = times.length;
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(times).toHaveLength(count);
  });

  it('is woken while it waits, and stopped', async () => {
    let rounds = 0;
    const poll = () => Promise.resolve(++rounds * 0);
    const worker = startPollingLoop({
      name: 'test',
      poll,
      minDelay: 60_000,
      maxDelay: 60_000,
      log: silentLogger,
    });
    await expect.poll(() => rounds).toBe(1);
    worker.wake();
    await expect.poll(() => rounds).toBe(2);
    await worker.stop();
    expect(rounds).toBe(2);
  });

  it('goes on after a failure, but not sooner for being woken', async () => {
    let rounds = 0;
    const poll = () => Promise.reject(new Error(`${++rounds}`));
    const worker = startPollingLoop({
      name: 'test',
      poll,
      minDelay: 1,
      maxDelay: 200,
      log: silentLogger,
    });
    const waking = setInterval(() => worker.wake(), 1);
    await new Promise((resolve) => setTimeout(resolve, 500));
    clearInterval(waking);
    await worker.stop();
    expect(rounds).toBeGreaterThan(1);
    expect(rounds).toBeLessThan(5);
  });
});

describe('CloudEvents', () => {
  const event = {
    specversion: '1.0',
    id: '1',
    source: '/s',
    type: 't',
    time: '2026-02-28T23:30:00-01:00',
  };

  it('are of the day of their time in UTC', () => {
    expect(eventDay(toCloudEvent(event))).toBe('2026-03-01');
  });

  it.each(['2026-13-01T00:00:00Z', '2026-01-01', 'now', '2026-01-01T00:00:00', 7, null])(
    'have a time of RFC 3339, not %s',
    (time) => {
      expect(() => toCloudEvent({ ...event, time })).toThrow(InvalidEventError);
    },
  );

  it('tell their trace', () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    expect(traceId({ traceparent })).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
    expect(traceId({ traceparent: 'x' })).toBeUndefined();
    expect(traceId({ traceparent: `${traceparent}\u0000` })).toBeUndefined();
    expect(traceId({ traceparent: 7 as never })).toBeUndefined();
  });
});

describe('a number in the environment', () => {
  it.each(['', 'x', '1.5', '0', '11'])("is refused when it is '%s'", (text) => {
    vi.stubEnv('NUMBER', text);
    expect(() => numberFromEnv('NUMBER', 1, 10, 5)).toThrow(
      `NUMBER (${text}) must be a whole number from 1 to 10`,
    );
  });

  it('has a default', () => {
    expect(numberFromEnv('NUMBER', 1, 10, 5)).toBe(5);
    vi.stubEnv('NUMBER', '7');
    expect(numberFromEnv('NUMBER', 1, 10, 5)).toBe(7);
  });
});
