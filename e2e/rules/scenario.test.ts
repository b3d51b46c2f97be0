import { expect, it } from 'vitest';
import { printed } from './scenario.ts';
import { counter, gauge, humanDuration, percentage, selected } from './series.ts';

it('a summary prints a value for each template', () => {
  expect(printed('{{ $value | printf "%.0f" }} of {{ $labels.topic }}', ['3', 'a'])).toBe('3 of a');
  expect(printed('it {{ if gt $value 0.0 }}a{{ else }}b{{ end }}', ['ends'])).toBe('it ends');
  expect(() => printed('{{ $value }}', ['1', '2'])).toThrow(/prints less than 2 values/);
});

it('series have the values that were meant', () => {
  expect(gauge([0, 3], [1, 1], [7, 0])).toBe('0x2 1');
  expect(counter([5, 2], [5, 1], [0, 4])).toBe('0 5+5x2 15+0x3');
});

it('reads what a query selects by', () => {
  expect(selected('sum(a{x="1",y=~"2"}) > up{job="b"}', 'a')).toEqual({ x: '1' });
  expect(() => selected('a{x="1"}', 'b')).toThrow('does not read b');
});

it('numbers are written as Prometheus writes them', () => {
  expect([29, 13 + 1 / 3, 601, 604_800 - 960].map(humanDuration)).toEqual([
    '29s',
    '13.33s',
    '10m 1s',
    '6d 23h 44m 0s',
  ]);
  expect([0.06, 12 / 70].map(percentage)).toEqual(['6%', '17.14%']);
});
