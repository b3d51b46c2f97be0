import type { RunningPlatform } from './platform.ts';
import { scrape } from './tally.ts';

/** Metrics that alerts name, and which of them something in the run emits. */
export interface RuleMetrics {
  readonly found: readonly string[];
  /** Of the broker's exporter, where it does not run here. */
  readonly elsewhere: readonly string[];
  readonly missing: readonly string[];
}

/** Looks for every metric of the alerts on the endpoints of apps and sidecars. */
export async function ruleMetrics(platform: RunningPlatform): Promise<RuleMetrics> {
  const named = new Set(
    platform.manifests
      .ofKind('PrometheusRule')
      .flatMap(({ spec }) => spec.groups)
      .flatMap(({ rules }) => rules)
      .flatMap(({ expr }) => [...expr.matchAll(/([a-z_][a-z0-9_]*)\{/g)].map((match) => match[1]!)),
  );
  const texts = await Promise.all([
    ...[...platform.apps.values()].flatMap((app) => [scrape(app.port), scrape(app.ports.metrics)]),
    platform.broker.metrics?.() ?? Promise.resolve(''),
  ]);
  const emitted = new Set(
    texts.flatMap((text) =>
      [...text.matchAll(/^([a-z_][a-z0-9_]*)[{ ]/gim)].map(([, name]) => name!),
    ),
  );
  const absent = [...named].filter((name) => !emitted.has(name)).sort();
  const { exportedElsewhere = [] } = platform.broker;
  const ofBroker = (name: string) => exportedElsewhere.some((start) => name.startsWith(start));
  return {
    found: [...named].filter((name) => emitted.has(name)).sort(),
    elsewhere: absent.filter(ofBroker),
    missing: absent.filter((name) => !ofBroker(name)),
  };
}
