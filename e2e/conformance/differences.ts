/** Something that the sidecar in process does otherwise than daprd, on purpose. */
export interface Difference {
  readonly what: string;
  readonly inProcess: string;
  readonly daprd: string;
  readonly reason: string;
  /** Name of the test that expects it, of each subject in its own way. @default - known from daprd's source */
  readonly test?: string;
}

/** Names of tests that expect another result of each subject. */
export const DIFFERENT = {
  bulkAtEnd: 'at the end of the sidecar, nothing of a bulk in flight is lost',
  afterKill: 'bulk: a sidecar that is killed has delivered nothing for good that was not answered',
  brokenPath: 'calls: does not pass on a path that is not valid once it is decoded',
  tooLarge: 'refuses an event that is too large, and publishes the others of its request',
} as const;

/** Everything that differs on purpose; docs/dev.md lists it. */
export const DIFFERENCES: readonly Difference[] = [
  {
    what: 'A bulk in flight when the sidecar ends, or its app becomes unhealthy',
    inProcess: 'is waited for, within the declared drain or 30 s',
    daprd: 'is cut, and delivered again after the start',
    reason: 'a restart on a machine should not repeat work; apps have to bear both',
    test: DIFFERENT.bulkAtEnd,
  },
  {
    what: 'After the sidecar was killed',
    inProcess: 'deliveries go on at once',
    daprd: 'deliveries go on after 10 s, when Kafka has given up the old member of the group',
    reason: 'there is one sidecar of an app, and nobody to wait for',
    test: DIFFERENT.afterKill,
  },
  {
    what: 'An event that is larger than its topic takes',
    inProcess: 'is refused at once',
    daprd: 'is refused after the retries of publishing, two to four seconds',
    reason: 'no retry makes it smaller',
    test: DIFFERENT.tooLarge,
  },
  {
    what: 'Probes of an app that is not healthy',
    inProcess: 'come every 40 ms',
    daprd: 'come at the declared interval, a second',
    reason: 'an app that has started gets its first event at once',
  },
  {
    what: 'Publishing that fails',
    inProcess: 'is answered by 500 at once',
    daprd: 'is tried again as the Resiliency says',
    reason: 'the broker is PostgreSQL on the same machine',
  },
  {
    what: 'Rules of a Subscription',
    inProcess: 'are event.type == "…"; another one is an error at the start',
    daprd: 'are any expression of CEL',
    reason: 'the platform renders no others',
  },
  {
    what: 'A circuit breaker on deliveries',
    inProcess: 'is an error at the start',
    daprd: 'sends events to the dead letters while it is open',
    reason: 'the platform renders none',
  },
  {
    what: 'An event of a bulk that matches no route',
    inProcess: 'goes to the dead letters',
    daprd: 'goes to the dead letters, and to the path / of the app as well',
    reason: 'a fault of Dapr; the platform renders a default route',
  },
  {
    what: 'DROP in a bulk after a retry, or with several routes',
    inProcess: 'puts its own event into the dead letters',
    daprd: 'may put another event there: it takes the index of the whole bulk',
    reason: 'a fault of Dapr; images of the runtime never answer DROP',
  },
  {
    what: 'A tombstone with trace headers, delivered one by one',
    inProcess: 'goes to the dead letters',
    daprd: 'ends the sidecar, again after each start',
    reason: 'a fault of Dapr; the platform delivers in bulk',
  },
  {
    what: 'The wait for a bulk',
    inProcess: 'begins with its first event',
    daprd: 'begins with the end of the last wait',
    reason: 'there is no clock that runs while nothing happens',
  },
  {
    what: 'Another broker than Kafka',
    inProcess: 'behaves as Kafka does: partitions by key, order, bulk',
    daprd: 'behaves as the broker does',
    reason: 'there is one broker; what others do differently is tested by npm run e2e',
  },
  {
    what: 'Retention of topics',
    inProcess: 'events stay, those of compacted topics, too',
    daprd: 'the broker deletes or compacts events as declared',
    reason: 'a developer wants to look at them',
  },
  {
    what: 'startFrom of a consumer',
    inProcess: 'holds',
    daprd: 'holds after the Job that sets offsets, which event-platform dev --broker does not run',
    reason: 'the component has one start for all groups',
  },
  {
    what: 'A call of an app that is not there',
    inProcess: 'fails at once',
    daprd: 'fails when the name is not resolved, on one machine after a second',
    reason: 'all sidecars are in one process',
  },
  {
    what: 'A path that is not valid once it is decoded, such as /100%25, in calls and in keys of state',
    inProcess: 'is answered as any other',
    daprd: 'closes the connection without an answer, though a value is read or written',
    reason:
      'a fault of Dapr, when it counts requests by path; the client of the runtime encodes paths twice',
    test: DIFFERENT.brokenPath,
  },
  {
    what: 'Names of apps with a namespace, the header dapr-app-id, retries and circuit breakers of calls',
    inProcess: 'are not supported; the last two are an error at the start',
    daprd: 'are followed',
    reason: 'the platform renders none, and its client names apps by their ids',
  },
  {
    what: 'Other APIs of Dapr: actors, gRPC; transactions and queries of state',
    inProcess: 'are answered by 404',
    daprd: 'are served',
    reason: 'no app of the platform calls them',
  },
  {
    what: 'Jobs after the end of the sidecar',
    inProcess: 'are forgotten; apps of the runtime register them again within seconds',
    daprd: 'are in the scheduler, on its disk',
    reason:
      'the table of the app has its due times, and a restart of the app leaves its sidecar running',
  },
  {
    what: 'A job that repeats by itself (schedule, repeats, ttl), or is due after a duration',
    inProcess: 'is answered by 500',
    daprd: 'is called again and again',
    reason: 'apps of the platform register each due time, as RFC 3339',
  },
  {
    what: 'Spans and metrics of the sidecar',
    inProcess: 'are not exported; trace contexts are passed on',
    daprd: 'are exported as the Configuration says',
    reason: 'apps export their own',
  },
];
