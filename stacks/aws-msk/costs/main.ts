/** `npm run costs`: what each size on AWS costs in a month, by the systems that it runs. */
import { parseArgs } from 'node:util';
import { SYSTEMS } from '../../../charts/systems.ts';
import { command } from '../../../cli/command.ts';
import { table } from '../../../cli/table.ts';
import { AWS_SIZES, type SizeName } from '../sizes.ts';
import { type Costs, costsOf, type Load } from './costs.ts';
import { declaredBy } from './declared.ts';
import { type Region, REGIONS } from './prices.ts';

const NAMES = Object.keys(AWS_SIZES) as SizeName[];
const DEPLOYED = Object.keys(SYSTEMS).filter((name) => SYSTEMS[name]!.awsMsk !== undefined);
const DEFAULTS = { systems: 'tasks', eventsPerSecond: '50', bytes: '1024' };
const HELP = `npm run costs [-- SIZE …] [OPTIONS]

What a stack on AWS costs in a month, in US dollars, from list prices that have to be checked. A
stack on kind costs nothing.

  SIZE                   ${NAMES.join(', ')} (default: all, side by side)
  --systems NAMES        systems of the stack, with commas between: ${DEPLOYED.join(', ')} (default: ${DEFAULTS.systems})
  --region REGION        ${REGIONS.join(' or ')} (default: ${REGIONS[0]})
  --events-per-second N  events that are published by all systems, all the month long (default: ${DEFAULTS.eventsPerSecond})
  --bytes N              size of an event with its envelope (default: ${DEFAULTS.bytes})
  --json                 for programs, with the source of each price
  --help                 this text

A ~ stands at prices from memory, and at those of spot nodes.`;

function number(option: string, text: string, example: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new Error(
      `--${option} is '${text}': use a number that is not negative, such as ${example}`,
    );
  }
  return value;
}

function oneOf<T extends string>(what: string, words: readonly T[], given: string): T {
  const found = words.find((word) => word === given);
  if (found === undefined) {
    throw new Error(`no ${what} '${given}': use ${words.join(', ')}`);
  }
  return found;
}

const dollars = (usd: number): string => usd.toFixed(2);

/** Lines of one size. */
function details({ lines, total }: Costs): string {
  return table(
    ['per month', 'quantity', 'unit', 'price', 'USD'],
    [
      ...lines.map(({ what, quantity, unit, unitPrice, perMonth, estimate }) => [
        what,
        quantity.toFixed(quantity < 100 ? 1 : 0),
        unit,
        `${estimate ? '~' : ''}${unitPrice.toFixed(4)}`,
        dollars(perMonth),
      ]),
      ['total', '', '', '', dollars(total)],
    ],
  );
}

/** What a line is, without the type of instance, which differs between sizes. */
const kindOf = (what: string): string => what.split(',')[0]!;

/** Sizes side by side. */
function comparison(costs: ReadonlyMap<SizeName, Costs>): string {
  const all = [...costs.values()];
  const kinds = [...new Set(all.flatMap(({ lines }) => lines.map(({ what }) => kindOf(what))))];
  const sum = ({ lines }: Costs, kind: string) =>
    lines
      .filter(({ what }) => kindOf(what) === kind)
      .reduce((total, { perMonth }) => total + perMonth, 0);
  return table(
    ['USD per month', ...costs.keys()],
    [
      ...kinds.map((kind) => [kind, ...all.map((one) => dollars(sum(one, kind)))]),
      ['total', ...all.map(({ total }) => dollars(total))],
    ],
  );
}

function print(costs: ReadonlyMap<SizeName, Costs>, region: Region, load: Load): void {
  if (costs.size > 1) {
    console.log(`${comparison(costs)}\n`);
  } else {
    for (const one of costs.values()) {
      console.log(`${details(one)}\n`);
    }
  }
  for (const { warnings } of costs.values()) {
    warnings.forEach((warning) => console.error(`costs: ${warning}`));
  }
  const totals = [...costs].map(([name, { total }]) => `${name} $${total.toFixed(0)}`);
  console.log(
    `${region}, ${load.eventsPerSecond} events/s of ${load.bytesPerEvent} bytes, per month: local $0, ${totals.join(', ')}`,
  );
}

await command('costs', () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      systems: { type: 'string', default: DEFAULTS.systems },
      region: { type: 'string', default: REGIONS[0] },
      'events-per-second': { type: 'string', default: DEFAULTS.eventsPerSecond },
      bytes: { type: 'string', default: DEFAULTS.bytes },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const region = oneOf('prices for region', REGIONS, values.region);
  const declared = declaredBy(
    [...new Set(values.systems.split(','))].map(
      (name) => SYSTEMS[oneOf('system', DEPLOYED, name.trim())]!,
    ),
  );
  const load = {
    eventsPerSecond: number(
      'events-per-second',
      values['events-per-second'],
      DEFAULTS.eventsPerSecond,
    ),
    bytesPerEvent: number('bytes', values.bytes, DEFAULTS.bytes),
  };
  const names =
    positionals.length === 0 ? NAMES : positionals.map((name) => oneOf('size', NAMES, name));
  const costs = new Map(
    names.map((name) => [name, costsOf(AWS_SIZES[name], region, load, declared)]),
  );
  if (values.json) {
    console.log(JSON.stringify({ region, load, sizes: Object.fromEntries(costs) }, null, 2));
  } else {
    print(costs, region, load);
  }
});
