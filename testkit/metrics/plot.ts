import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

/** A curve that is drawn. */
export interface PlotSeries {
  readonly name: string;
  /** Seconds since the run began, and values; the curve is broken where a value is no number. */
  readonly points: readonly (readonly [seconds: number, value: number])[];
}

/** Something that was done to the platform, for a while. */
export interface PlotSpan {
  readonly text: string;
  /** Seconds since the run began. */
  readonly from: number;
  readonly to: number;
}

/** What a plot shows. */
export interface Plot {
  readonly title: string;
  /** Of the values, as words. */
  readonly unit: string;
  readonly series: readonly PlotSeries[];
  /** What was done meanwhile. */
  readonly spans: readonly PlotSpan[];
  /** A value that an alert compares with. @default - none */
  readonly limit?: number | undefined;
}

const WIDTH = 800;
const HEIGHT = 260;
/** Distinguishable without seeing red or green. */
const COLOURS = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#d55e00',
  '#8c6d31',
  '#636363',
];

/** Draws time series of a run as SVG, on a white background. */
export async function drawPlot(plot: Plot): Promise<string> {
  const rows = plot.series.flatMap(({ name, points }) =>
    points.map(([seconds, value]) => ({
      name,
      seconds,
      value: Number.isFinite(value) ? value : null,
    })),
  );
  const max = Math.max(0, ...rows.map(({ value }) => value ?? 0));
  // A limit far above all values would press them flat.
  const limit = plot.limit !== undefined && plot.limit < 3 * max ? plot.limit : undefined;
  const seconds = {
    field: 'seconds',
    type: 'quantitative',
    title: 'seconds since the run began',
  } as const;
  const spec: TopLevelSpec = {
    width: WIDTH,
    height: HEIGHT,
    padding: 12,
    background: 'white',
    title: { text: plot.title, anchor: 'start', fontSize: 15 },
    config: { font: 'sans-serif', axis: { labelFontSize: 12, titleFontSize: 12 } },
    layer: [
      {
        data: { values: [...plot.spans] },
        mark: { type: 'rect', color: '#bbbbbb', opacity: 0.35 },
        encoding: { x: { field: 'from', type: 'quantitative' }, x2: { field: 'to' } },
      },
      {
        // Neighbours that are short stand below each other.
        data: { values: plot.spans.map((span, index) => ({ ...span, line: 14 * index })) },
        mark: {
          type: 'text',
          align: 'left',
          baseline: 'top',
          dx: 3,
          dy: 3,
          fontSize: 11,
          color: '#444444',
        },
        encoding: {
          x: { field: 'from', type: 'quantitative' },
          y: { field: 'line', type: 'quantitative', scale: null, axis: null },
          text: { field: 'text' },
        },
      },
      {
        data: { values: rows },
        mark: { type: 'line', strokeWidth: 2, clip: true },
        encoding: {
          x: seconds,
          y: { field: 'value', type: 'quantitative', title: plot.unit },
          color: {
            field: 'name',
            type: 'nominal',
            title: null,
            sort: plot.series.map(({ name }) => name),
            scale: { range: COLOURS },
            legend: { orient: 'bottom', columns: 2, labelFontSize: 12, labelLimit: 0 },
          },
        },
      },
      ...(limit === undefined
        ? []
        : [
            {
              data: { values: [{ limit }] },
              mark: { type: 'rule' as const, strokeDash: [6, 4], color: '#d55e00' },
              encoding: { y: { field: 'limit', type: 'quantitative' as const } },
            },
          ]),
    ],
  };
  const view = new View(parse(compile(spec).spec), { renderer: 'none' });
  try {
    return `${await view.toSVG()}\n`;
  } finally {
    view.finalize();
  }
}
