import { expect, it } from 'vitest';
import { drawPlot, type Plot } from './plot.ts';

const PLOT: Plot = {
  title: 'Events that wait',
  unit: 'events',
  series: [
    {
      name: 'task-processor · task-created',
      points: [
        [0, 1],
        [20, 300],
      ],
    },
  ],
  spans: [{ text: 'database down', from: 5, to: 9 }],
};

it('a plot has title, axes, legend, what was done, and a ground', async () => {
  const svg = await drawPlot(PLOT);
  for (const text of [
    'Events that wait',
    '>events<',
    'seconds since the run began',
    'task-processor · task-created',
    'database down',
    'fill="white"',
  ]) {
    expect(svg).toContain(text);
  }
});

it('draws the line of an alert, unless it is far above all values', async () => {
  const dashed = 'stroke-dasharray="6,4"';
  expect(await drawPlot(PLOT)).not.toContain(dashed);
  expect(await drawPlot({ ...PLOT, limit: 400 })).toContain(dashed);
  expect(await drawPlot({ ...PLOT, limit: 1000 })).not.toContain(dashed);
});
