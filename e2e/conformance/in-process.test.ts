import { afterAll, beforeAll, describe, inject, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../../app-images/testing/database.ts';
import { startInProcess } from './in-process.ts';
import { platformOf, Suite } from './suite.ts';
import { TESTS } from './tests/index.ts';

let database: TestDatabase;
let suite: Suite;

beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), []);
  const platform = platformOf(TESTS);
  suite = await Suite.start(await startInProcess(database.pool, platform), platform, TESTS);
});
afterAll(async () => {
  await suite.stop();
  await database.drop();
});

describe.concurrent('the sidecar in this process', () => {
  it.each(TESTS)('$name', (test) => suite.run(test));
});
