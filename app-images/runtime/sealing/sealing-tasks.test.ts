import { defineApp, defineProjection } from '@cdk8s-event-platform/contracts';
import { expect, it, vi } from 'vitest';
import { bank, People } from '../event-store/testing/accounts.ts';
import type { Logger } from '../telemetry/logging.ts';
import { sealingTasks } from './sealing-tasks.ts';

const projections = [
  defineProjection({
    ...{ name: 'addresses', version: 1, description: 'Who lives where.' },
    tables: (table) => `CREATE TABLE ${table()} (person text, address text);`,
  }),
];

it('warns of projections that keep personal data of somebody who is erased', () => {
  const warn = vi.fn();
  const log = { warn } as unknown as Logger;
  const erase = () => Promise.resolve();
  const app = defineApp({ ...bank, streams: [People], projections });
  sealingTasks({ manifest: app, log, erase });
  sealingTasks({ manifest: defineApp({ ...app, erases: false }), log });
  sealingTasks({ manifest: defineApp({ ...app, projections: [] }), log });
  expect(warn).not.toHaveBeenCalled();
  sealingTasks({ manifest: app, log });
  expect(warn).toHaveBeenCalledExactlyOnceWith(
    { app: 'bank' },
    expect.stringMatching(/^projections of streams that hold personal data, and no erase/),
  );
});
