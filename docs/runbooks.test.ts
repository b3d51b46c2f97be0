import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sourceOf } from '../constructs/observability/metric-catalogue.ts';
import { readPromQl } from '../constructs/observability/promql.ts';
import { alertsOf, ruleSets } from '../e2e/rules/rule-sets.ts';

const FOLDER = join(import.meta.dirname, 'runbooks');
const SECTIONS = [
  'What it means',
  'How urgent',
  'Look first',
  'Causes and what to do',
  'Over when',
];

const groups = ruleSets().flatMap((set) => set.groups);
const severities = new Map<string, Set<string>>();
for (const { alert, labels } of groups.flatMap((group) => alertsOf(group))) {
  severities.set(alert, (severities.get(alert) ?? new Set()).add(labels.severity!));
}
const alerts = [...severities.keys()].sort();
const recorded = new Set(
  groups.flatMap(({ rules }) => rules.flatMap((rule) => ('record' in rule ? [rule.record] : []))),
);
const pages = readdirSync(FOLDER).map((file) => file.replace(/\.md$/, ''));

function text(page: string): string {
  return readFileSync(join(FOLDER, `${page}.md`), 'utf8');
}

it('every alert has a page, and every other page belongs to the folder', () => {
  expect(pages.sort()).toEqual([...alerts, 'README', 'ScalingByHand'].sort());
});

it('every alert links its own page', () => {
  for (const { alert, annotations } of groups.flatMap((group) => alertsOf(group))) {
    expect(annotations.runbook).toBe(`docs/runbooks/${alert}.md`);
  }
});

it('the table has each alert under its severity', () => {
  const [, critical, warning] = /## Critical(.*)## Warning(.*)## When/s.exec(text('README'))!;
  for (const [alert, found] of severities) {
    const row = `[${alert}](${alert}.md)`;
    // An alert of both severities is listed as what it is at worst.
    expect(found.has('critical') ? critical : warning).toContain(row);
    expect(found.has('critical') ? warning : critical).not.toContain(row);
  }
});

describe.each(alerts)('%s', (alert) => {
  it('has the sections, in their order, and its name', () => {
    const page = text(alert);
    expect([...page.matchAll(/^# (.*)$/gm)].map(([, title]) => title)).toEqual([alert]);
    expect([...page.matchAll(/^## (.*)$/gm)].map(([, title]) => title)).toEqual(SECTIONS);
  });

  it('is short', () => {
    const lines = text(alert).trimEnd().split('\n').length;
    expect(lines).toBeGreaterThanOrEqual(25);
    expect(lines).toBeLessThanOrEqual(60);
  });
});

describe.each(pages)('the page %s', (page) => {
  it('names metrics that there are, in queries that are PromQL', () => {
    for (const [, block] of text(page).matchAll(/```promql\n(.*?)```/gs)) {
      for (const query of block!.trim().split('\n')) {
        const { metrics, problem } = readPromQl(query);
        expect(problem, query).toBeUndefined();
        expect(metrics, query).not.toEqual([]);
        for (const metric of metrics) {
          expect(recorded.has(metric) || sourceOf(metric) !== undefined, metric).toBe(true);
        }
      }
    }
  });
});

it('operating.md leads to the runbooks', () => {
  expect(readFileSync(join(import.meta.dirname, 'operating.md'), 'utf8')).toContain(
    '(runbooks/README.md)',
  );
});
