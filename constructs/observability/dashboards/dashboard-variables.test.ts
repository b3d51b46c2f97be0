import { expect, it } from 'vitest';
import {
  severalValues,
  unknownVariables,
  variablesOf,
  withVariables,
} from './dashboard-variables.ts';

it('knows every way in which a variable is written, and what is none', () => {
  const query =
    'up{a="$plain",b=~"${braced}",c=~"${formatted:regex}",d="${field.text}",e="[[old]]",f="[[older:csv]]"}[$__rate_interval]';
  expect(variablesOf(`${query} $plain`)).toEqual([
    'plain',
    'braced',
    'formatted',
    'field',
    'old',
    'older',
    '__rate_interval',
  ]);
  expect(variablesOf('label_replace(up, "a", "$1", "job", "(.+)$")')).toEqual([]);
});

it("takes Grafana's own variables, and those of the dashboard", () => {
  expect(unknownVariables('$__range ${datasource} $consumer $Consumer', ['consumer'])).toEqual([
    'Consumer',
  ]);
});

it('puts values in their places, and leaves what has none', () => {
  expect(withVariables('$a ${b:regex} [[c]] $abc $1', { a: '(x|y)', b: '2', c: '3' })).toBe(
    '(x|y) 2 3 $abc $1',
  );
});

it('has several values as an expression that matches just them, within a string of PromQL', () => {
  expect(severalValues(['task-processor', 'a.b'])).toBe(String.raw`(task-processor|a\\.b)`);
});
