import { Construct } from 'constructs';
import { expect, it } from 'vitest';
import * as library from 'cdk8s-event-platform';
import { read } from './documents.ts';

const classes = Object.entries(library as Readonly<Record<string, unknown>>).flatMap(
  ([name, value]) =>
    typeof value === 'function' && value.prototype instanceof Construct ? [name] : [],
);

it('every construct is described, and nothing else is called one', () => {
  const [constructs] = read('docs/constructs.md').split('\n## Values\n');
  const rows = [...constructs!.matchAll(/^\| (`.*?) +\|/gm)].map(([, cell]) => cell!);
  const described = rows.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name!));
  expect(described.toSorted()).toEqual(classes.toSorted());
});
