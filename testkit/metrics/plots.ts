import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifests } from '../../scripts/manifests.ts';
import { type PanelPlot, panelPlots, renderedDashboards } from './checks.ts';
import { drawPlot, type PlotSeries, type PlotSpan } from './plot.ts';
import type { Prometheus, Span } from './prometheus.ts';

/** A panel that is drawn from the data of a run. */
interface PlottedPanel {
  /** Name of the file, without `.svg`. */
  readonly file: string;
  /** Last part of the dashboard's UID. */
  readonly dashboard: string;
  readonly panel: string;
  /** Values of the dashboard's variables. @default - all */
  readonly chosen?: Readonly<Record<string, string>>;
}

/** The panels that say the most about a run. */
const PLOTTED: readonly PlottedPanel[] = [
  {
    file: 'kafka-topics',
    dashboard: 'kafka-overview',
    panel: 'Events in a second, by topic',
  },
  {
    file: 'consumer-lag',
    dashboard: 'consumer-lag',
    panel: 'Events that wait, by consumer and topic',
  },
  {
    file: 'dapr-probes',
    dashboard: 'dapr',
    panel: 'Health probes of apps a second, by answer',
    chosen: { app: 'notification-sender' },
  },
  {
    file: 'consumer-results',
    dashboard: 'consumers',
    panel: 'Events a second, by result',
    chosen: { consumer: 'notification-sender' },
  },
  {
    file: 'consumer-delivery',
    dashboard: 'consumers',
    panel: 'Delivery time',
    chosen: { consumer: 'notification-sender' },
  },
  {
    file: 'quarantine',
    dashboard: 'dead-letters',
    panel: 'Events in the quarantine, by reason',
  },
];

/** Seconds between points. */
const STEP = 2;

/** Grafana's units in words. */
const UNITS: Readonly<Record<string, string>> = {
  eps: 'events a second',
  reqps: 'requests a second',
  s: 'seconds',
  short: 'events',
};

/** The name of a series, as Grafana makes it of a legend. */
export function legendOf(legend: string, labels: Readonly<Record<string, string>>): string {
  return legend.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_match, label: string) => labels[label] ?? '');
}

async function seriesOf(
  { queries }: PanelPlot,
  prometheus: Prometheus,
  span: Span,
): Promise<PlotSeries[]> {
  const series: PlotSeries[] = [];
  for (const { query, legend } of queries) {
    for (const { metric, values } of await prometheus.range(query, span, STEP)) {
      const points = values.flatMap(([at, value], index) => {
        const last = values[index - 1]?.[0] ?? at;
        const gap = at - last > STEP ? [[last + STEP - span.start, NaN] as const] : [];
        return [...gap, [at - span.start, Number(value)] as const];
      });
      // A kind of result that did not occur is left out.
      if (points.some(([, value]) => Number.isFinite(value) && value !== 0)) {
        series.push({ name: legendOf(legend, metric), points });
      }
    }
  }
  return series;
}

/** Draws panels of the rendered dashboards from what Prometheus has, a file for each. */
export async function writePlots(
  manifests: Manifests,
  prometheus: Prometheus,
  span: Span,
  spans: readonly PlotSpan[],
  folder: string,
): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const models = renderedDashboards(manifests);
  const written: string[] = [];
  for (const { file, dashboard, panel, chosen } of PLOTTED) {
    const model = models.find(({ uid }) => uid.endsWith(`-${dashboard}`));
    const plot = model && panelPlots(model, chosen).find(({ title }) => title === panel);
    if (plot !== undefined) {
      const labels = Object.values(chosen ?? {}).map((value) => ` (${value})`);
      const svg = await drawPlot({
        title: `${plot.title}${labels.join('')}`,
        unit: UNITS[plot.unit] ?? plot.unit,
        series: await seriesOf(plot, prometheus, span),
        spans,
        limit: plot.limit,
      });
      writeFileSync(join(folder, `${file}.svg`), svg);
      written.push(`${file}.svg`);
    }
  }
  return written;
}
