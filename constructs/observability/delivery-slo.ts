import { Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import { DELIVERY_BOUNDS, RUNTIME_METRICS } from '@cdk8s-event-platform/contracts/interface';
import { DeclarationError } from '../core/errors.ts';
import { EventPlatform } from '../platform/event-platform.ts';
import type { Register } from '../platform/registers.ts';
import { type Alert, AlertRules, AlertSeverity, type RecordingRule } from './alert-rules.ts';
import { DashboardName } from './dashboard-link.ts';
import { coded } from '@cdk8s-event-platform/contracts/internal';

/** What is promised of deliveries, over any 30 days. */
export interface DeliverySloOptions {
  /** Time from an event's own time to the commit of its effect. @default 30 seconds */
  readonly within?: Duration;
  /** Ratio of events that must be in time, 0 to 1. @default 0.99 */
  readonly ratio?: number;
}

/** SLOs of the consumers of a platform. */
export const SLOS: Register<DeliverySlo> = { name: 'delivery-slos' };

/** Properties of {@link DeliverySlo}. */
export interface DeliverySloProps extends DeliverySloOptions {
  /** App id of the consumer. */
  readonly appId: string;
}

/** How fast the error budget is used up, seen over a long and a short time. */
export interface BurnRate {
  /** How many times faster than would last 30 days. */
  readonly rate: number;
  readonly long: string;
  /** That it is still so: the alert ends soon after its cause. */
  readonly short: string;
  readonly severity: AlertSeverity;
}

/**
 * 2 % of what 30 days may use in one hour, 5 % in six, 10 % in three days.
 *
 * @see https://sre.google/workbook/alerting-on-slos/#6-multiwindow-multi-burn-rate-alerts
 */
export const BURN_RATES: readonly BurnRate[] = [
  { rate: 14.4, long: '1h', short: '5m', severity: AlertSeverity.CRITICAL },
  { rate: 6, long: '6h', short: '30m', severity: AlertSeverity.CRITICAL },
  { rate: 1, long: '3d', short: '6h', severity: AlertSeverity.WARNING },
];

/**
 * The bucket of a bound. Prometheus 3 writes whole bounds with a fraction, whatever was scraped.
 *
 * @see https://prometheus.io/docs/prometheus/latest/migration/#le-and-quantile-label-values
 */
function bucket(bound: number): string {
  return Number.isInteger(bound) ? `le=~"${bound}([.]0)?"` : `le="${bound}"`;
}

/** Late events from which on their ratio means something: one event after a quiet hour is all of them. */
const MIN_LATE = 10;

/** Name of the recorded ratio of events that were not delivered in time, over a range. */
export function lateRatio(range: string): string {
  return `consumer:event_delivery_late:ratio_rate${range}`;
}

/** Name of the recorded number of events that were not delivered in time, over a range. */
function recordedCount(range: string): string {
  return `consumer:event_delivery_late:increase${range}`;
}

/**
 * Alerts when more events are late than the SLO allows, soon when many are and later when few
 * are. An event that goes into the quarantine is late; a duplicate does not count.
 */
export class DeliverySlo extends AlertRules {
  /** App id of the consumer. */
  public readonly appId: string;
  /** Seconds that an event may take. */
  public readonly within: number;
  /** Ratio of events that must be in time. */
  public readonly ratio: number;

  public constructor(scope: Construct, id: string, props: DeliverySloProps) {
    const { appId, ratio = 0.99 } = props;
    const within = (props.within ?? Duration.seconds(30)).toMilliseconds() / 1000;
    if (!DELIVERY_BOUNDS.includes(within)) {
      throw new DeclarationError(
        scope,
        ...coded(
          'EP6004',
          `slo.within (${within} s) is not a bound of the histogram ${RUNTIME_METRICS.eventDelivery}, so nobody can count the events within it: use one of ${DELIVERY_BOUNDS.join(', ')} s`,
        ),
      );
    }
    if (!(ratio > 0 && ratio < 1)) {
      throw new DeclarationError(
        scope,
        ...coded('EP6004', `slo.ratio (${ratio}) must be more than 0 and less than 1, e.g. 0.99`),
      );
    }
    const { namespace } = EventPlatform.of(scope).environment;
    const job = `job="${namespace}/${appId}"`;
    const labels = { namespace, consumer: appId };
    const own = `{namespace="${namespace}",consumer="${appId}"}`;
    const counted = (operation: 'rate' | 'increase', range: string) => {
      const sum = (series: string) => `sum(${operation}(${series}[${range}]))`;
      const processed = sum(`${RUNTIME_METRICS.eventDelivery}_count{${job}}`);
      const held = sum(`${RUNTIME_METRICS.eventsConsumed}{${job},result=~"quarantined|parked"}`);
      return {
        inTime: sum(`${RUNTIME_METRICS.eventDelivery}_bucket{${job},${bucket(within)}}`),
        all: `${processed} + ${held}`,
      };
    };
    const ranges = [...new Set(BURN_RATES.flatMap(({ long, short }) => [short, long]))];
    const recordings = ranges.map((range): RecordingRule => {
      const { inTime, all } = counted('rate', range);
      return {
        metric: lateRatio(range),
        query: `1 - ${inTime} / (${all} > 0)`,
        labels,
      };
    });
    const lateEvents = BURN_RATES.map(({ long }): RecordingRule => {
      const { inTime, all } = counted('increase', long);
      return {
        metric: recordedCount(long),
        query: `${all} - ${inTime}`,
        labels,
      };
    });
    const alerts = BURN_RATES.map(({ rate, long, short, severity }): Alert => {
      const most = Number((rate * (1 - ratio)).toPrecision(6));
      const late = (range: string) => `${lateRatio(range)}${own}`;
      const enough = `${recordedCount(long)}${own} >= ${MIN_LATE}`;
      return {
        name: 'DeliverySloAtRisk',
        query: `${late(long)} > ${most} and ${late(short)} > ${most} and ${enough}`,
        severity,
        labels: { consumer: appId, window: long },
        summary: `{{ $value | humanizePercentage }} of the events of ${appId} took longer than ${within} s within ${long}`,
        description: `The SLO is ${ratio * 100} of 100 events within ${within} s over 30 days. At this rate, what may be late in 30 days is used up in ${Math.round(30 / rate)} days or less. Look where events wait: in the outbox of the producer, in the broker, or in ${appId}.`,
        dashboard: { dashboard: DashboardName.CONSUMERS, variables: { consumer: appId } },
      };
    });
    super(scope, id, {
      name: `${appId}-slo`,
      alerts,
      recordingRules: [...recordings, ...lateEvents],
    });
    this.appId = appId;
    this.within = within;
    this.ratio = ratio;
    EventPlatform.of(this).registers.enter(SLOS, this);
  }
}
