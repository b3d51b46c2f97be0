import { AIMS, atLeast, atMost, type Verdict } from './aims.ts';
import { BASELINE, measured, VARIANTS } from './arms.ts';
import type { GuaranteeResult } from './guarantees.ts';
import { CONNECTIONS, limitProgram } from './pgbench.ts';
import type { ProducerResult } from './producers.ts';
import type { Section } from './report.ts';
import type { SizeResult } from './size.ts';
import { digits, factor, median, percent, withSpread } from './statistics.ts';
import { rateKey, type Throughput } from './throughput.ts';

/** Results as tables, with what they say of the aims. */
export interface Results {
  readonly sections: readonly Section[];
  readonly verdicts: readonly Verdict[];
}

function kept(verdict: Verdict | undefined): verdict is Verdict {
  return verdict !== undefined;
}

/** Arms through the sidecar, and the limits. */
export function throughputResults(throughput: Throughput): Results {
  const { arms, rates, limit, alone, sidecar } = throughput;
  const of = (arm: string, variant: (typeof VARIANTS)[number]['name']) =>
    rates.get(rateKey(arm, variant));
  const rows = VARIANTS.flatMap((variant) => {
    const baseline = of(BASELINE, variant.name) ?? [];
    return arms
      .filter((arm) => measured(arm, variant))
      .map((arm) => {
        const values = of(arm.name, variant.name) ?? [];
        const clean = of(arm.name, 'clean') ?? [];
        const ratio = (to: readonly number[], write: typeof factor) =>
          values.length === 0 || to.length === 0 ? '–' : write(median(values) / median(to));
        return [
          `\`${arm.name}\``,
          variant.title,
          values.length === 0 ? 'failed' : withSpread(values),
          ratio(baseline, factor),
          ratio(clean, percent),
        ];
      });
  });
  const limits = [
    ['sidecar alone', sidecar],
    [limitProgram(), limit],
    ['runtime in process', alone],
  ] as const;
  const sections: Section[] = [
    {
      title: 'Effects per second through the sidecar',
      text: `Median (min–max) of rounds in which all arms take turns. Every arm writes the same row for an event, and what it cannot process has none. The partitions' events come one at a time, or up to a hundred in bulk: then the sidecar makes one delivery at a time for all partitions together. Poison has keys of its own, since the runtime parks what comes later for the key of a poison event.\n\n${arms.map(({ name, description }) => `- \`${name}\`: ${description}`).join('\n')}`,
      head: ['arm', 'events', 'effects/s', `to ${BASELINE}`, 'to its clean'],
      rows,
    },
    {
      title: 'Limits',
      text: `The sidecar with an app that acknowledges deliveries in bulk and does nothing else. Then transactions of a hundred inbox rows and a hundred effects over ${CONNECTIONS} connections: of the database alone (${limitProgram() === 'pgbench' ? 'pgbench' : 'a loop with the pg driver, since pgbench is not installed'}), and of the runtime's server with a client that poses as daprd.`,
      head: ['what', 'events/s', 'to the database'],
      rows: limits
        .filter(([, values]) => values.length > 0)
        .map(([name, values]) => [
          name,
          withSpread(values),
          limit.length === 0 ? '–' : percent(median(values) / median(limit)),
        ]),
    },
  ].filter((section) => section.rows.length > 0);
  const bulk = of('runtime-bulk', 'clean');
  const verdicts = [
    atLeast('runtime-bulk to source', bulk, of('source', 'clean'), AIMS.timesSource, factor),
    atLeast(
      'runtime-bulk to daprserver-single',
      bulk,
      of('daprserver-single', 'clean'),
      AIMS.timesDaprServer,
      factor,
    ),
    atLeast('runtime in process to the database', alone, limit, AIMS.ofDatabase, percent),
    atLeast(
      'runtime-bulk with poison to its clean',
      of('runtime-bulk', 'poison'),
      bulk,
      AIMS.keptWithPoison,
      percent,
    ),
  ].filter(kept);
  return { sections, verdicts };
}

/** Effects lost and doubled by consumers that are killed. */
export function guaranteeResults(results: readonly GuaranteeResult[]): Results {
  return {
    sections: [
      {
        title: 'When the consumer is killed',
        text: 'Each consumer is killed with `kill -9` three times under load and started again half a second later. Events come in bulk, and the sidecar tries again until they are acknowledged.',
        head: ['setting', 'events', 'kills', 'effects lost', 'effects doubled'],
        rows: results.map(({ setting, events, kills, lost, doubled }) => [
          setting,
          ...[events, kills, lost, doubled].map(digits),
        ]),
      },
    ],
    verdicts: results
      .filter(({ setting }) => setting.startsWith('exactly-once'))
      .map(({ lost, doubled, kills }) => ({
        aim: 'exactly-once effect: none lost, none doubled in 3 kills',
        measured: `${lost} lost, ${doubled} doubled in ${kills}`,
        reached: lost === 0 && doubled === 0 && kills === 3,
      })),
  };
}

/** What the numbers of producers say. */
const PRODUCERS_MEAN = `- \`outbox\`: accepts what it can commit, also while the sidecar and the broker are gone. Nothing that is accepted is lost.
- \`idempotent\`: accepts what the broker has confirmed, and waits up to ten seconds for that. A try whose answer was lost may leave a record twice, under one id, as the outbox may.
- \`synchronous\`: the same with one try, so that more is refused. Where a caller tries again, its event needs the same id.
- \`idempotent, batched\`: the same in fewer requests, so with more events per second.
- \`fire-and-forget\`: accepts everything, and loses what waits when the app dies, and what is sent while sidecar or broker are gone.`;

/** Events lost and repeated by producers that are killed. */
export function producerResults(results: readonly ProducerResult[]): Results {
  return {
    sections: [
      {
        title: 'When the producer, its sidecar and the broker are killed',
        text: `A caller offers 250 events a second to a route that sends each, and offers none again. The app, its sidecar and the broker are killed with \`kill -9\`, one after the other, and started again half a second later. Accepted: the caller was told so. Lost: accepted, and not on the topic. Not accepted but there: the caller was told of a failure, or nothing. Effects doubled: at a consumer with the inbox. Then, without kills, events that are confirmed per second, and milliseconds of a request, with 32 callers.\n\n${PRODUCERS_MEAN}`,
        head: [
          ...['setting', 'offered', 'accepted', 'records', 'lost', 'not accepted but there'],
          ...['records repeated', 'effects doubled', 'events/s', 'p50 ms', 'p99 ms'],
        ],
        rows: results.map((result) => [
          result.setting,
          ...[result.offered, result.accepted, result.records, result.lost].map(digits),
          ...[result.unexpected, result.repeated, result.doubled, result.rate].map(digits),
          ...[result.p50, result.p99].map((milliseconds) => milliseconds.toFixed(1)),
        ]),
      },
    ],
    verdicts: results.flatMap(({ setting, lost, doubled }) =>
      setting === 'fire-and-forget'
        ? []
        : [
            {
              aim: `${setting}: no accepted event lost, no effect doubled`,
              measured: `${lost} lost, ${doubled} doubled`,
              reached: lost === 0 && doubled === 0,
            },
          ],
    ),
  };
}

/** Sizes of bundles and times to listen. */
export function sizeResults(results: readonly SizeResult[]): Results {
  return {
    sections: [
      {
        title: 'Size and start',
        text: 'Bundles as images have them. Milliseconds from the spawn to the open port, less those of a bare `node:http` server: median (min–max) of 15 starts.',
        head: ['program', 'KB', 'listening after ms'],
        rows: results.map(({ program, kilobytes, listening }) => [
          program,
          digits(kilobytes),
          withSpread(listening),
        ]),
      },
    ],
    verdicts: results
      .filter(({ program }) => program.startsWith('image '))
      .map(({ program, listening }) =>
        atMost(
          `${program}: listening after a bare server`,
          median(listening),
          AIMS.listeningMilliseconds,
          'ms',
        ),
      ),
  };
}
