import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { SYSTEMS } from '../charts/systems.ts';
import { costsOf } from '../stacks/aws-msk/costs/costs.ts';
import { declaredBy } from '../stacks/aws-msk/costs/declared.ts';
import { awsConfig } from '../stacks/aws-msk/config.ts';
import { AWS_SIZES, type AwsSize } from '../stacks/aws-msk/sizes.ts';
import { localConfig } from '../stacks/local/config.ts';
import { operatorValues } from '../stacks/operators.ts';
import { record } from '../stacks/testing/recording.ts';

const GUIDES: readonly { readonly guide: string; readonly settings: () => unknown }[] = [
  { guide: 'deploying-locally.md', settings: localConfig },
  { guide: 'deploying-to-aws.md', settings: awsConfig },
];

const read = (guide: string) => readFileSync(join(import.meta.dirname, guide), 'utf8');

/** The section of a guide below a heading. */
function section(guide: string, heading: string): string {
  const [, text] = new RegExp(`\n## ${heading}\n([^]*?)(?=\n## |$)`).exec(read(guide)) ?? [];
  expect(text, heading).toBeDefined();
  return text!;
}

describe.each(GUIDES)('$guide', ({ guide, settings }) => {
  it('has every setting of the stack, and no other', async () => {
    // A key that nobody knows is answered with those that there are.
    const error = await record(settings, { config: { 'no-such-key': '' }, stack: 'blue' }).then(
      () => '',
      String,
    );
    const known = /'no-such-key' is not a setting of this stack: use (.*)/.exec(error)![1]!;
    const described = [...section(guide, 'Settings').matchAll(/^\| `(\w+)` +\|/gm)];
    expect(described.map((match) => match[1])).toEqual(known.split(', '));
  });
});

it('the guide to kubectl has the values that the stacks install Dapr with', () => {
  const setting = { highAvailability: false, monitored: true };
  const values = Object.entries(operatorValues('dapr', setting) as Record<string, object>)
    // How many pods Dapr has is the choice of a stack.
    .filter(([part]) => part !== 'global')
    .flatMap(([part, settings]) =>
      Object.entries(settings).map(([key, value]) => `${part}.${key}=${String(value)}`),
    );
  const needed = section('deploying-with-kubectl.md', 'What the cluster needs');
  expect([...needed.matchAll(/^\| `(\S+=\S+)` /gm)].map(([, value]) => value)).toEqual(values);
});

it('the guide to AWS says how long each size keeps what', () => {
  const rows = new Map(
    [...section('deploying-to-aws.md', 'Sizes').matchAll(/^\| (\S.*?) +\|(.*)\|$/gm)].map(
      ([, what, cells]) => [what, cells!.split('|').map((cell) => Number.parseInt(cell, 10))],
    ),
  );
  const days = (ofSize: (size: AwsSize) => Duration) =>
    Object.values(AWS_SIZES).map((size) => ofSize(size).toDays());
  expect(rows.get('logs kept')).toEqual(days((size) => size.logRetention));
  expect(rows.get('snapshots of it kept')).toEqual(days((size) => size.cache.snapshots));
  expect(rows.get('restored as far as')).toEqual(days((size) => size.database.backups));
});

it.each([
  { systems: 'tasks', suffix: '' },
  { systems: 'tasks,todo', suffix: ', both' },
])('the guide to AWS says what `npm run costs -- --systems $systems` says', (row) => {
  const said: unknown = Object.fromEntries(
    [...section('deploying-to-aws.md', 'What it costs').matchAll(/^\| `(\w+)`(.*?) +\|(.*)\|$/gm)]
      .filter(([, , suffix]) => suffix === row.suffix)
      .map(([, name, , cells]) => [name!, cells!.split('|').map((cell) => cell.trim())]),
  );
  const declared = declaredBy(row.systems.split(',').map((name) => SYSTEMS[name]!));
  const dollars = (usd: number) => `$${usd.toFixed(0)}`;
  const calculated = Object.values(AWS_SIZES).map((size) => [
    size.name,
    (['eu-central-1', 'us-east-1'] as const).flatMap((region) =>
      [50, 200].map((eventsPerSecond) => {
        const load = { eventsPerSecond, bytesPerEvent: 1024 };
        const { total, warnings } = costsOf(size, region, load, declared);
        return warnings.length === 0 ? dollars(total) : 'too small';
      }),
    ),
  ]);
  expect(said).toEqual(Object.fromEntries(calculated) as unknown);
});
