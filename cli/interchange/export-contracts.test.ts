import { Parser } from '@asyncapi/parser';
import { load } from 'js-yaml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TemporaryFolder } from './testing/temporary-folder.ts';

const PROGRAM = `import { App } from 'cdk8s';
import { DaprPubSub, defineApp, defineEvent, Environment, EventPlatform, EventProducer, KafkaCluster } from 'cdk8s-event-platform';

const app = new App();
const production = Environment.production({ namespace: 'shop', images: { registry: 'registry.example.com', tag: '1' } });
for (const [environment, version] of [[Environment.local(), VERSION], [production, '1.0.0']] as const) {
  const OrderPlaced = defineEvent({
    ...{ type: 'com.example.order.placed', version, topic: 'order-placed', key: 'customer_id' },
    description: 'A customer has placed an order.',
    schema: {
      type: 'object',
      required: ['customer_id'],
      properties: { customer_id: { type: 'string', maxLength: 64 }, note: SCHEMA },
    },
  });
  const manifest = defineApp({ appId: 'shop', description: 'Takes orders.', port: 8080, publishes: [OrderPlaced] });
  const platform = new EventPlatform(app, environment.name, { environment });
  const pubSub = new DaprPubSub(platform, 'pubsub', { broker: new KafkaCluster(platform, 'kafka') });
  new EventProducer(platform, 'shop', { manifest, pubSub });
}
app.synth();
`;

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(() => folder.remove());

/** Writes a program with two environments, the first of which has a version and a schema of its own. */
function writeProgram(version = "'1.0.0'", schema = "{ type: 'string' }"): void {
  folder.write('main.ts', PROGRAM.replace('VERSION', version).replace('SCHEMA', schema));
  folder.write('cdk8s.yaml', 'app: npx tsx main.ts\n');
}

describe('contracts export', () => {
  it('prints AsyncAPI of an environment, which its parser accepts', async () => {
    writeProgram();
    const { output } = await folder.call(
      'export',
      'local',
      '--format',
      'asyncapi',
      '--version',
      '2.0.0',
    );
    expect(load(output)).toMatchObject({
      asyncapi: '3.0.0',
      info: { title: 'local', version: '2.0.0' },
      channels: { 'order-placed': { address: 'order-placed' } },
    });
    const { document } = await new Parser().parse(output);
    expect(
      document
        ?.messages()
        .all()
        .map((message) => message.name()),
    ).toEqual(['com.example.order.placed']);
    const json = await folder.call(
      'export',
      'local',
      '--format',
      'asyncapi',
      '--version',
      '2.0.0',
      '--json',
    );
    expect(JSON.parse(json.output)).toEqual(load(output));
  });

  it('writes AsyncAPI to a file, as JSON when its name says so', async () => {
    writeProgram();
    const args = ['export', 'production', '--format', 'asyncapi', '--app', 'main.ts', '--out'];
    expect((await folder.call(...args, 'out/events.yaml')).output).toBe('wrote out/events.yaml\n');
    const { output } = await folder.call(...args, 'events.json', '--json');
    expect(JSON.parse(output)).toEqual({ files: ['events.json'] });
    expect(JSON.parse(folder.read('events.json'))).toEqual(load(folder.read('out/events.yaml')));
  });

  it('writes a JSON Schema for each event and version', async () => {
    writeProgram("'1.1.0'", "{ type: 'string', nullable: true }");
    await folder.call('export', '--format', 'json-schema', '--out', 'schemas');
    expect(Object.keys(folder.files()).filter((path) => path.startsWith('schemas/'))).toEqual([
      'schemas/com.example.order.placed.1.0.0.schema.json',
      'schemas/com.example.order.placed.1.1.0.schema.json',
    ]);
    const text = folder.read('schemas/com.example.order.placed.1.1.0.schema.json');
    expect(JSON.parse(text)).toEqual({
      $schema: 'http://json-schema.org/draft-07/schema#',
      $id: 'urn:event:com.example.order.placed:1.1.0',
      title: 'com.example.order.placed',
      description: 'A customer has placed an order.',
      type: 'object',
      required: ['customer_id'],
      properties: {
        customer_id: { type: 'string', maxLength: 64 },
        note: { type: ['string', 'null'] },
      },
    });
  });

  it('writes the types of all events', async () => {
    writeProgram();
    await folder.call('export', '--format', 'typescript', '--out', 'events.ts');
    expect(folder.read('events.ts')).toContain(
      'export interface OrderPlaced {\n  customer_id: string;',
    );
  });

  it('explains itself', async () => {
    expect((await folder.call('export', '--help')).output).toContain(
      'event-platform contracts export',
    );
  });
});

describe('contracts export refuses, and writes nothing', () => {
  it.each<[string, readonly string[], string]>([
    ['no format', [], "--format '' is not known: use one of asyncapi, json-schema, typescript"],
    ['an unknown format', ['--format', 'avro'], "--format 'avro' is not known"],
    [
      'JSON Schemas without a folder',
      ['--format', 'json-schema'],
      '--format json-schema needs --out',
    ],
    [
      'one AsyncAPI of two environments',
      ['--format', 'asyncapi', '--out', 'a.yaml'],
      'several environments: use one of local, production',
    ],
    [
      'an unknown environment',
      ['x', '--format', 'typescript', '--out', 'a.ts'],
      "no one environment 'x': use one of local, production",
    ],
    [
      'two environments',
      ['local', 'production', '--format', 'typescript'],
      "contracts export takes one environment, not 'local production'",
    ],
    [
      'a program that is not there',
      ['--format', 'typescript', '--app', 'no.ts'],
      "no file 'no.ts'",
    ],
    ['an unknown option', ['--form', 'x'], "Unknown option '--form'"],
  ])('%s', async (_what, args, message) => {
    writeProgram();
    const before = folder.files();
    await expect(folder.call('export', ...args)).rejects.toThrow(message);
    expect(folder.files()).toEqual(before);
  });

  it('contracts of one version that differ', async () => {
    writeProgram("'1.0.0'", "{ type: 'boolean' }");
    folder.write(
      'main.ts',
      folder
        .read('main.ts')
        .replace(
          "{ type: 'boolean' }",
          "environment.name === 'local' ? { type: 'boolean' } : { type: 'string' }",
        ),
    );
    await expect(
      folder.call('export', '--format', 'json-schema', '--out', 'schemas'),
    ).rejects.toThrow(
      "environments have two contracts of 'com.example.order.placed' 1.0.0, which differ in schema (at #/properties/note/type): name one environment",
    );
    await folder.call('export', 'local', '--format', 'json-schema', '--out', 'schemas');
  });

  it('what is neither export nor import', async () => {
    await expect(folder.call('send')).rejects.toThrow(
      "contracts takes lock, export, import or nothing, not 'send'",
    );
  });
});
