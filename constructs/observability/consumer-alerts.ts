import { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import type { IMessageBroker } from '../messaging/message-broker.ts';
import { deadLetterTopic, RUNTIME_METRICS } from '@cdk8s-event-platform/contracts/interface';
import { DeclarationError } from '../core/errors.ts';
import { EventPlatform } from '../platform/event-platform.ts';
import type { Register } from '../platform/registers.ts';
import type { Topic } from '../messaging/topic.ts';
import { type Alert, AlertRules, AlertSeverity, COUNT, prometheusDuration } from './alert-rules.ts';
import { DashboardName } from './dashboard-link.ts';
import { coded } from '@cdk8s-event-platform/contracts/internal';

/** Thresholds of a consumer's alerts. */
export interface ConsumerAlertOptions {
  /** Waiting messages of one topic. @default 1000 */
  readonly maxLag?: number;
  /** Time that working off what waits may take, at the speed of the last ten minutes. @default 10 minutes */
  readonly maxDrainTime?: Duration;
  /** How long a threshold has to be passed before somebody is told. @default 5 minutes */
  readonly for?: Duration;
  /** Time within which 95 of 100 deliveries are to be done. @default 10 seconds */
  readonly maxProcessingTime?: Duration;
  /** Ratio of events that may fail or be quarantined, 0 to 1. @default 0.05 */
  readonly maxErrorRatio?: number;
}

/** Alerts of the consumers of a platform. */
export const CONSUMER_ALERTS: Register<ConsumerAlerts> = { name: 'consumer-alerts' };

/** Properties of {@link ConsumerAlerts}. */
export interface ConsumerAlertsProps extends ConsumerAlertOptions {
  /** App id of the consumer, and its consumer group. */
  readonly appId: string;
  /** The broker that knows lag and dead letters. */
  readonly broker: IMessageBroker;
  /** The topics that the consumer receives. */
  readonly topics: readonly Topic[];
}

/** The thresholds of a consumer, chosen or not. */
export type ConsumerThresholds = Required<ConsumerAlertOptions>;

const DEFAULTS: ConsumerThresholds = {
  maxLag: 1000,
  maxDrainTime: Duration.minutes(10),
  for: Duration.minutes(5),
  maxProcessingTime: Duration.seconds(10),
  maxErrorRatio: 0.05,
};

/** Ratio of what came in before, below which there is a sudden drop. */
const DROP = 0.1;
/** Events a second below which a drop tells nothing. */
const MIN_RATE = 0.5;

/**
 * What a consumer's pods say of its tables, or said last: the tables do not change because the consumer
 * was scaled to zero.
 */
function lastKnown(metric: string): string {
  return `(${metric} or last_over_time((${metric})[1d:5m]))`;
}

/** Alerts on one consumer: what waits, what is slow, what failed, and that nobody is there. */
export class ConsumerAlerts extends AlertRules {
  /** App id of the consumer. */
  public readonly appId: string;
  /** The broker that knows lag and dead letters. */
  public readonly broker: IMessageBroker;
  /** The topics that the consumer receives. */
  public readonly topics: readonly Topic[];
  /** The numbers that alerts compare with. */
  public readonly thresholds: ConsumerThresholds;

  public constructor(scope: Construct, id: string, props: ConsumerAlertsProps) {
    const rules = new ConsumerRules(scope, props);
    super(scope, id, { name: props.appId, alerts: rules.all() });
    this.appId = props.appId;
    this.broker = props.broker;
    this.topics = props.topics;
    this.thresholds = rules.thresholds;
    EventPlatform.of(this).registers.enter(CONSUMER_ALERTS, this);
  }
}

/** The alerts of one consumer, with its numbers. */
class ConsumerRules {
  readonly #appId: string;
  readonly #labels: Readonly<Record<string, string>>;
  readonly #job: string;
  public readonly thresholds: ConsumerThresholds;

  public constructor(
    private readonly scope: Construct,
    private readonly props: ConsumerAlertsProps,
  ) {
    this.thresholds = {
      maxLag: props.maxLag ?? DEFAULTS.maxLag,
      maxDrainTime: props.maxDrainTime ?? DEFAULTS.maxDrainTime,
      for: props.for ?? DEFAULTS.for,
      maxProcessingTime: props.maxProcessingTime ?? DEFAULTS.maxProcessingTime,
      maxErrorRatio: props.maxErrorRatio ?? DEFAULTS.maxErrorRatio,
    };
    const { maxLag, maxErrorRatio, maxDrainTime, maxProcessingTime } = this.thresholds;
    if (!(maxLag >= 0)) {
      throw new DeclarationError(
        scope,
        ...coded('EP6004', `alerts.maxLag (${maxLag}) must be a whole number of at least 0`),
      );
    }
    for (const [what, value] of Object.entries({ maxDrainTime, maxProcessingTime })) {
      if (!(value.toSeconds({ integral: false }) > 0)) {
        throw new DeclarationError(
          scope,
          ...coded(
            'EP6004',
            `alerts.${what} (${value.toSeconds({ integral: false })} s) must be at least 1 second`,
          ),
        );
      }
    }
    if (!(maxErrorRatio >= 0 && maxErrorRatio < 1)) {
      throw new DeclarationError(
        scope,
        ...coded(
          'EP6004',
          `alerts.maxErrorRatio (${maxErrorRatio}) is not a ratio that can be exceeded: use 0 to less than 1, e.g. 0.05`,
        ),
      );
    }
    this.#appId = props.appId;
    this.#labels = { consumer: props.appId };
    this.#job = `job="${EventPlatform.of(scope).environment.namespace}/${props.appId}"`;
  }

  public all(): Alert[] {
    const { topics } = this.props;
    return [
      ...topics.flatMap((topic) => [
        this.#lagHigh(topic),
        this.#missing(topic),
        this.#stalled(topic),
        this.#deadLetters(topic),
      ]),
      this.#drainSlow(),
      this.#errors(),
      this.#slow(),
      this.#dropped(),
      this.#quarantined(),
      this.#effectsFailed(),
    ];
  }

  #consumed(results: string, range: string): string {
    return `rate(${RUNTIME_METRICS.eventsConsumed}{${this.#job},result${results}}[${range}])`;
  }

  #lag(topic: Topic): string {
    return this.props.broker.lagQuery({ topic: topic.name, consumerGroup: this.#appId });
  }

  /** Pods of the consumer that Prometheus reaches. */
  get #pods(): string {
    return `sum(up{${this.#job}}) > 0`;
  }

  get #for(): Duration {
    return this.thresholds.for;
  }

  get #forText(): string {
    return prometheusDuration(this.scope, 'alerts.for', this.#for);
  }

  #lagHigh(topic: Topic): Alert {
    const { maxLag } = this.thresholds;
    return {
      name: 'ConsumerLagHigh',
      query: `${this.#lag(topic)} > ${maxLag}`,
      for: this.#for,
      severity: AlertSeverity.WARNING,
      labels: { ...this.#labels, topic: topic.name },
      summary: `${COUNT} events of ${topic.name} wait for ${this.#appId}`,
      description: `More than ${maxLag} events have been waiting for ${this.#forText}. Look at the pods of ${this.#appId}, at its errors, and whether its scaler has reached the ${topic.partitions} partitions of the topic.`,
      dashboard: this.#lagDashboard(topic),
    };
  }

  #missing(topic: Topic): Alert {
    return {
      name: 'ConsumerMissing',
      query: `${this.#lag(topic)} > 0 unless on () (${this.#pods})`,
      for: this.#for,
      severity: AlertSeverity.CRITICAL,
      labels: { ...this.#labels, topic: topic.name },
      summary: `${COUNT} events of ${topic.name} wait, and ${this.#appId} has no pod`,
      description: `No pod of ${this.#appId} has answered for ${this.#forText}. Look at its Deployment and, where it scales to zero, at its ScaledObject: it is woken by the first event that waits.`,
      dashboard: this.#lagDashboard(topic),
    };
  }

  #stalled(topic: Topic): Alert {
    const progress = `sum(${this.#consumed('!="failed"', '10m')}) > 0`;
    return {
      name: 'ConsumerStalled',
      query: `(${this.#lag(topic)} > 0 unless on () (${progress})) and on () (${this.#pods})`,
      for: this.#for,
      severity: AlertSeverity.CRITICAL,
      labels: { ...this.#labels, topic: topic.name },
      summary: `${COUNT} events of ${topic.name} wait, and ${this.#appId} has finished none for 10 minutes`,
      description: `Pods of ${this.#appId} are there and get nothing done. Look at their readiness, at the database, and at the log of the sidecar; deleting the pods has events delivered again.`,
      dashboard: this.#lagDashboard(topic),
    };
  }

  #deadLetters(topic: Topic): Alert {
    const deadLetters = deadLetterTopic(topic.name, this.#appId);
    return {
      name: 'DeadLettersGrowing',
      query: `${this.props.broker.growthQuery(deadLetters, '10m')} > 0`,
      severity: AlertSeverity.CRITICAL,
      labels: { ...this.#labels, topic: topic.name },
      summary: `${COUNT} events went to ${deadLetters} within 10 minutes`,
      description: `The sidecar could not deliver events of ${topic.name} to ${this.#appId}. Its pods were not there, or were killed in the act: look at their restarts. The events are in the quarantine or still in ${deadLetters}; replay them when the pods are well.`,
      dashboard: { dashboard: DashboardName.DEAD_LETTERS, variables: this.#labels },
    };
  }

  #drainSlow(): Alert {
    const { topics } = this.props;
    const { maxDrainTime } = this.thresholds;
    const lags = topics.map((topic) => this.#lag(topic)).join(' + ');
    const most = maxDrainTime.toMilliseconds() / 1000;
    return {
      name: 'ConsumerDrainSlow',
      query: `(${lags}) / (sum(${this.#consumed('!="failed"', '10m')}) > 0) > ${most}`,
      for: this.#for,
      severity: AlertSeverity.WARNING,
      labels: this.#labels,
      summary: `${this.#appId} needs {{ $value | humanizeDuration }} for what waits`,
      description: `At the speed of the last ten minutes, what waits for ${this.#appId} takes longer than ${prometheusDuration(this.scope, 'alerts.maxDrainTime', maxDrainTime)}, and more comes in meanwhile. Look whether more pods would help, and where the time of a delivery goes.`,
      dashboard: { dashboard: DashboardName.CONSUMER_LAG, variables: this.#labels },
    };
  }

  #errors(): Alert {
    const { maxErrorRatio } = this.thresholds;
    return {
      name: 'EventErrorsHigh',
      query: `sum(${this.#consumed('=~"failed|quarantined"', '10m')}) / sum(${this.#consumed('=~".+"', '10m')}) > ${maxErrorRatio}`,
      for: this.#for,
      severity: AlertSeverity.WARNING,
      labels: this.#labels,
      summary: `{{ $value | humanizePercentage }} of the events of ${this.#appId} fail or are quarantined`,
      description: `More than ${maxErrorRatio * 100} of 100 answers of ${this.#appId} were errors. Those that failed are redelivered; those in the quarantine wait for a decision. Look at its log and at the causes in the quarantine.`,
      dashboard: this.#consumerDashboard,
    };
  }

  #slow(): Alert {
    const { maxProcessingTime } = this.thresholds;
    const most = maxProcessingTime.toMilliseconds() / 1000;
    const buckets = `${RUNTIME_METRICS.eventProcessing}_bucket{${this.#job}}`;
    return {
      name: 'EventProcessingSlow',
      query: `histogram_quantile(0.95, sum by (le, type) (rate(${buckets}[5m]))) > ${most}`,
      for: this.#for,
      severity: AlertSeverity.WARNING,
      labels: this.#labels,
      summary: `${this.#appId} takes {{ $value | humanizeDuration }} for {{ $labels.type }} (95th percentile)`,
      description: `Five of 100 deliveries have taken longer than ${most} s for ${this.#forText}. Look at the database's locks and load, and at what the handler waits for.`,
      dashboard: this.#consumerDashboard,
    };
  }

  #dropped(): Alert {
    // Pods that are not there receive nothing.
    const received = `(sum(${this.#consumed('=~".+"', '10m')}) or vector(0))`;
    // A burst that is over is no drop: events have to have come in all the hour.
    const before = `min_over_time(${received}[1h:10m] offset 1h)`;
    return {
      name: 'EventIngressDropped',
      query: `${received} / (${before} > ${MIN_RATE}) < ${DROP}`,
      for: Duration.minutes(10),
      severity: AlertSeverity.WARNING,
      labels: this.#labels,
      summary: `${this.#appId} gets {{ $value | humanizePercentage }} of the events of an hour ago`,
      description: `Events reached ${this.#appId} steadily for at least an hour, and far fewer do now. Look whether producers publish, and whether the sidecar is connected to the broker.`,
      dashboard: this.#consumerDashboard,
    };
  }

  #quarantined(): Alert {
    return {
      name: 'EventsQuarantined',
      query: `${lastKnown(`sum(max by (reason) (${RUNTIME_METRICS.quarantineEvents}{${this.#job}}))`)} > 0`,
      severity: AlertSeverity.CRITICAL,
      labels: this.#labels,
      summary: `${COUNT} events of ${this.#appId} are in the quarantine`,
      description: `${this.#appId} could not process them; later events of their keys wait behind them. List them by cause with \`npm run dead-letters -- list --consumer ${this.#appId}\`, mend the cause, and replay or discard them.`,
      dashboard: { dashboard: DashboardName.DEAD_LETTERS, variables: this.#labels },
    };
  }

  #effectsFailed(): Alert {
    return {
      name: 'EffectsFailed',
      query: `${lastKnown(`max(${RUNTIME_METRICS.effectsOpen}{${this.#job},status="failed"})`)} > 0`,
      severity: AlertSeverity.WARNING,
      labels: this.#labels,
      summary: `${COUNT} effects of ${this.#appId} outside the database were given up`,
      description: `They failed for about a day. The table effects has the last error of each; set their status back to pending to have them tried again.`,
      dashboard: this.#consumerDashboard,
    };
  }

  get #consumerDashboard() {
    return { dashboard: DashboardName.CONSUMERS, variables: this.#labels };
  }

  #lagDashboard({ name }: Topic) {
    return {
      dashboard: DashboardName.CONSUMER_LAG,
      variables: { ...this.#labels, topic: name },
    };
  }
}
