import { Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import { RUNTIME_METRICS } from '@cdk8s-event-platform/contracts/interface';
import { EventPlatform } from '../platform/event-platform.ts';
import { AlertRules, AlertSeverity } from './alert-rules.ts';

/** Seconds for which committed events may be held back from readers. */
const MAX_HELD_BACK = 60;
/** Ratio of appends that another one may get in front of. */
const MAX_CONFLICTS = 0.2;

/** Alerts on an event store: readers that do not get what is committed, and appends that conflict. */
export class EventStoreAlerts extends AlertRules {
  /** @param props name of the store. */
  public constructor(scope: Construct, id: string, { name }: { readonly name: string }) {
    const { namespace } = EventPlatform.of(scope).environment;
    const job = `job=~"${namespace}/.+"`;
    const appends = (selector: string) =>
      `sum by (job, streams) (increase(${RUNTIME_METRICS.storeAppends}{${job}${selector}}[10m]))`;
    const labels = { store: name };
    super(scope, id, {
      name,
      alerts: [
        {
          name: 'EventStoreHeldBack',
          query: `max by (job, streams) (${RUNTIME_METRICS.storeHeldBack}{${job}}) > ${MAX_HELD_BACK}`,
          for: Duration.minutes(1),
          severity: AlertSeverity.CRITICAL,
          labels,
          summary: `events of {{ $labels.streams }} have been held back from readers for {{ $value | humanizeDuration }}`,
          description:
            'A transaction that has written something is open on the database server, and readers wait for it so that no event appears behind one they have read: projections stand still. Find and end it: pg_stat_activity has it with the smallest backend_xid.',
        },
        {
          name: 'EventStoreConflicts',
          query: `${appends(',result="conflict"')} / ${appends('')} > ${MAX_CONFLICTS}`,
          for: Duration.minutes(10),
          severity: AlertSeverity.WARNING,
          labels,
          summary: `{{ $value | humanizePercentage }} of the appends to {{ $labels.streams }} conflict with another one`,
          description:
            'Many transactions append to the same streams at once, and are tried again. Commands of one stream wait for each other when they are handled by an aggregate; smaller streams conflict less.',
        },
      ],
    });
  }
}
