import { expect, it, vi } from 'vitest';
import { silentLogger } from '../telemetry/logging.ts';
import { RuntimeMetrics } from '../telemetry/metrics.ts';
import { DropLog } from './drop-log.ts';

const given = { reason: 'buffer_full', error: new Error('full') } as const;

function dropLog(interval: number) {
  const counts: unknown[] = [];
  const warn = ({ events }: { readonly events?: unknown }) => void counts.push(events);
  const drops = new DropLog(new RuntimeMetrics(), { ...silentLogger, warn }, interval);
  return { drops, counts };
}

it('tells all events of a burst, without a further one', async () => {
  const { drops, counts } = dropLog(20);
  for (let index = 0; index < 1000; index++) {
    drops.dropped('com.example.measured', given);
  }
  expect(counts).toEqual([1]);
  await vi.waitFor(() => expect(counts).toEqual([1, 999]));
});

it('tells at its end what no line has told, and then each at once', () => {
  const { drops, counts } = dropLog(60_000);
  [1, 2, 3].forEach(() => drops.dropped('com.example.measured', given));
  drops.end();
  drops.dropped('com.example.measured', given);
  drops.end();
  expect(counts).toEqual([1, 2, 1]);
});
