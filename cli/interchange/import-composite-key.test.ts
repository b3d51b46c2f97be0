import { afterEach, beforeEach, expect, it } from 'vitest';
import { TemporaryFolder } from './testing/temporary-folder.ts';

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(() => folder.remove());

it('takes a composite key, and makes its texts short enough', async () => {
  folder.write('route.json', {
    type: 'object',
    required: ['tenant', 'service', 'id'],
    properties: {
      tenant: { type: 'string' },
      service: { type: 'string', maxLength: 30 },
      id: { type: 'string', format: 'uuid' },
    },
  });
  const of = ['--type', 'com.example.route.active', '--topic', 'routes', '--version', '1.0.0'];
  const { output, notes } = await folder.call(
    'import',
    ...['route.json', ...of, '--key', 'tenant,service,id'],
  );
  expect(output).toContain("  key: ['tenant', 'service', 'id'],\n");
  expect(output).toContain("tenant: { type: 'string', maxLength: 42 },\n");
  expect(notes).toContain(
    "maxLength 42 of 'tenant' is added: events with a longer key have no order",
  );
});
