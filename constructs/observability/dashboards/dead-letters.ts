import { RUNTIME_METRICS } from '@cdk8s-event-platform/contracts/interface';
import { DashboardName } from '../dashboard-link.ts';
import type { DashboardProps, DashboardRow } from './dashboard.ts';
import { RECORDED_METRICS } from './recording-rules.ts';
import { timeSeries, note, number, table } from './panels.ts';
import { ofWorkload, type PlatformParts } from './platform-parts.ts';

const COMMANDS = `Events wait here until somebody decides. In the image of the dead-letter processor, or from a checkout:

| | |
|---|---|
| What is there, by cause | \`npm run dead-letters -- list --consumer CONSUMER\` |
| One of them, with what went wrong | \`npm run dead-letters -- show ID\` |
| What a replay would take | \`npm run dead-letters -- replay --consumer CONSUMER --dry-run\` |
| Once the cause is mended | \`npm run dead-letters -- replay --consumer CONSUMER\` |
| Give them up | \`npm run dead-letters -- discard --consumer CONSUMER --yes\` |

Later events of the same key wait behind an event in the quarantine (reason \`parked\`) and go on with it.`;

/** What could not be delivered or processed, why, and what to do with it. */
export function deadLetters(parts: PlatformParts): DashboardProps {
  const { consumers } = parts;
  const queries = queriesOf(parts);
  return {
    name: DashboardName.DEAD_LETTERS,
    title: 'Dead letters',
    description: 'Which events could not be delivered or processed, why, and what is to be done?',
    variables: [
      { name: 'consumer', label: 'Consumer', values: consumers.map(({ appId }) => appId) },
    ],
    rows: [now(queries), overTime(queries)],
  };
}

/** What panels select, of the consumers that are chosen. */
function queriesOf({ namespace }: PlatformParts) {
  const chosen = `namespace="${namespace}",consumer=~"$consumer"`;
  const quarantine = (by: string) =>
    `max by (${by}) (${ofWorkload(`${RUNTIME_METRICS.quarantineEvents}{job=~"${namespace}/$consumer"}`)})`;
  const arrived = (fn: string, range: string) =>
    `sum by (consumer, topic) (${fn}(${RUNTIME_METRICS.eventsDeadLettered}{job=~"${namespace}/.+",consumer=~"$consumer"}[${range}]))`;
  return { chosen, quarantine, arrived };
}

type DeadLetterQueries = ReturnType<typeof queriesOf>;

function now({ chosen, quarantine }: DeadLetterQueries): DashboardRow {
  return {
    title: 'Now',
    panels: [
      number({
        title: 'Events in the quarantine',
        description: 'EventsQuarantined tells of any.',
        queries: [{ query: `sum(${quarantine('consumer, reason')})`, legend: 'events' }],
        unit: 'short',
        width: 12,
        limits: { critical: 1 },
      }),
      number({
        title: 'Dead letters within ten minutes',
        description: 'DeadLettersGrowing tells of any.',
        queries: [{ query: `sum(${RECORDED_METRICS.deadLetters}{${chosen}})`, legend: 'events' }],
        unit: 'short',
        width: 12,
        limits: { critical: 1 },
      }),
      table({
        title: 'Quarantine, by consumer and reason',
        description:
          'malformed: no event. contract: not of a version that is known. time: too old to know whether it was processed. data: not what its contract says. handler: the handler threw. parked: behind another. undelivered: came through the dead letters.',
        queries: [{ query: `${quarantine('consumer, reason')} > 0`, legend: '' }],
        unit: 'short',
        columns: { consumer: 'Consumer', reason: 'Reason', Value: 'Events' },
      }),
      note('What to do', COMMANDS),
    ],
  };
}

function overTime({ chosen, quarantine, arrived }: DeadLetterQueries): DashboardRow {
  return {
    title: 'Over time',
    panels: [
      timeSeries({
        title: 'Growth of the dead-letter topics within ten minutes',
        description:
          'The sidecar could not deliver: pods were not there, or were killed in the act. Not what an app quarantines by itself.',
        queries: [
          {
            query: `${RECORDED_METRICS.deadLetters}{${chosen}}`,
            legend: '{{consumer}} · {{topic}}',
          },
        ],
        unit: 'short',
        width: 8,
        limits: { critical: 1 },
      }),
      timeSeries({
        title: 'Dead letters put into the quarantine a second',
        description: 'What grows on the left has to arrive here: otherwise the processor is down.',
        queries: [
          { query: arrived('rate', '$__rate_interval'), legend: '{{consumer}} · {{topic}}' },
        ],
        unit: 'eps',
        width: 8,
      }),
      timeSeries({
        title: 'Events in the quarantine, by reason',
        description: 'Goes down as events are replayed or discarded.',
        queries: [
          {
            query: `sum by (reason) (${quarantine('consumer, reason')})`,
            legend: '{{reason}}',
          },
        ],
        unit: 'short',
        width: 8,
        stacked: true,
      }),
    ],
  };
}
