import { MORE_PROOFS } from './more-proofs.ts';

/** Where it shows that a promise is true. */
export type Proof =
  | {
      /** A file of tests. */
      readonly file: string;
      /** A part of a test's title that no other title of the file has. */
      readonly test: string;
    }
  | {
      /** A file of an end-to-end run. */
      readonly run: string;
      /** Text of the check in it. */
      readonly says: string;
    };

/** What a document promises. A sentence that promises several things is listed once for each. */
export interface DocumentedPromise {
  readonly document: string;
  /** A part of the sentence that no other promise of the document has. */
  readonly promise: string;
  readonly proof: Proof;
}

/** By document and promise: a file of tests and a title, or a file of a run and the text of a check. */
const PROOFS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'README.md': {
    'more consumers than partitions':
      'constructs/order-placed.test.ts: twenty pods on six partitions are refused',
    'retries that never end':
      'constructs/dapr/dapr-resiliency.test.ts: refuses %d retries with path',
    'a topic that nobody publishes to':
      'constructs/dapr/dapr.test.ts: refuses a topic that nobody publishes to',
    'is refused before anything is applied':
      'stacks/kubernetes/platform-objects.test.ts: registers nothing of a platform that cannot work',
  },
  'contracts/README.md': {
    'with every reason in one error':
      'contracts/event-contract.test.ts: names the contract, and every problem on a line of its own',
    'a key that events may leave out':
      'contracts/event-contract.test.ts: refuse a key that events may leave out',
    'an integer that JSON rounds':
      'contracts/exact-integers.test.ts: is refused with all its problems',
    'a schema that does not compile':
      'contracts/schema-compiler.test.ts: defineEvent compiles the schema',
  },
  'cli/README.md': {
    'Removes one, and names what a running environment keeps of it':
      'cli/scaffold/remove.test.ts: is named with the commands of each environment',
    'What it refuses, a signal':
      'cli/scaffold/change.test.ts: leaves everything as it was after %s',
    '`remove` refuses what others depend on':
      'cli/scaffold/remove.test.ts: an event that manifests list, with their files',
    'It also refuses files that git could not bring back':
      'cli/scaffold/remove.test.ts: that git ignores, and no build brings back',
    'It prints which objects are no longer rendered':
      'cli/scaffold/remove.test.ts: is named with the commands of each environment',
  },
  'dev/README.md': {
    'keeps its topics in PostgreSQL':
      'dev/broker/broker.test.ts: goes on where a group was when the broker was opened again',
  },
  'docs/dev.md': {
    'Topics that Kafka lacks are created': 'dev/dapr/real-broker.test.ts: refuses for %j: %j',
    'names those that were refused':
      'e2e/conformance/tests/publishing.ts: failedEntries.map(({ entryId }) => entryId)',
    'takes | is refused at once':
      "e2e/conformance/tests/publishing.ts: assert.equal(seconds > 1, t.subject === 'daprd'",
    'two to four seconds':
      "e2e/conformance/tests/publishing.ts: assert.equal(seconds > 1, t.subject === 'daprd'",
  },
  'docs/producer-settings.md': {
    'the delivery goes to the quarantine, and the route answers 500':
      'app-images/runtime/sending/refused-delivery.test.ts: quarantines an event whose own event is refused with',
    '`eventSender` refuses their contracts':
      'app-images/runtime/sending/event-sender.test.ts: with %o cannot be sent',
    '`local` and `none` are refused':
      'constructs/dapr/binding-problems.test.ts: refuses Kafka with %o',
  },
  'docs/adding-events.md': {
    'What does not match is answered 400':
      'app-images/runtime/http/api.test.ts: gets a problem that says what is wrong where',
    'throws `HttpProblem` to refuse':
      'app-images/runtime/http/api.test.ts: is not used up by a request that fails',
    'It must be required':
      'contracts/event-contract.test.ts: refuse a key that events may leave out',
    'never null, and a bounded integer':
      'contracts/event-key.test.ts: are refused when they may be something else',
    'or a string of at most 512 bytes':
      'contracts/event-key.test.ts: a key that a contract accepts has at most 512 bytes',
    'It is bounded: 512 bytes in total':
      'contracts/event-key.test.ts: that a contract accepts have at most 512 bytes, whatever is in them',
    'A broker that cannot keep it is then refused':
      'constructs/broker/redis-streams/redis-streams.test.ts: refuses contracts that need an order',
    'Texts with a NUL or half a surrogate pair are refused':
      'app-images/runtime/outbox/outbox.test.ts: refuses an event with %s',
    '`defineEvent` refuses an `integer`':
      'contracts/exact-integers.test.ts: is refused with all its problems',
    'What does not agree is refused when it is declared or rendered':
      'constructs/declarations.test.ts: are refused when they differ',
    'with all that is wrong with a construct in one error':
      'constructs/plain-javascript.test.ts: all problems are in one error',
  },
  'docs/brokers.md': {
    'Brokers that the platform runs itself refuse imports':
      "constructs/dapr/imported-topics.test.ts: is refused by a broker that is the platform's alone",
    'the component, which keeps its name':
      'charts/tasks/exchanging-brokers.test.ts: %s changes nothing but the broker',
    'A broker that does not keep it is then refused':
      'constructs/broker/rabbitmq/rabbitmq-cluster.test.ts: has one pod process one event at a time',
    'A smaller `storage` is refused':
      'constructs/broker/kafka/kafka-security.test.ts: refuses volumes that its topics would fill',
    'A queue keeps what comes':
      'constructs/broker/rabbitmq/provisioning-script.test.ts: drops no message for being delivered',
    'until it is processed':
      'constructs/broker/rabbitmq/provisioning-script.test.ts: bounds the time of messages that nobody reads',
    'that is shorter than the retries keeps such an event':
      "e2e/workarounds/dead-letter-lost.ts: withSetting(quickly(object), 'processingTimeout', '1000')",
    'so `redeliverAfter` refuses it':
      'constructs/broker/redis-streams/redis-checks.test.ts: redisProblems',
  },
  'docs/constructs.md': {
    'An alert on a metric that nothing emits is refused':
      'constructs/observability/alert-rules.test.ts: refuse %s when the platform is rendered',
    'so is a panel of a dashboard':
      'constructs/observability/dashboards/dashboard.test.ts: refuses the query %s',
  },
  'docs/deploying-locally.md': {
    'it refuses to overwrite, and names the program and the field':
      "e2e/pulumi/scenario.ts: run('up against this change'",
    'is kept in the state':
      'stacks/local/local.test.ts: has the path of the kubeconfig in the state',
    '`pulumi up` names it and refuses':
      'stacks/local/local.test.ts: names a kind cluster that it has not made',
  },
  'docs/deploying-to-aws.md': {
    'snapshots of it kept | 1 day': 'docs/deploying.test.ts: says how long each size keeps what',
    '1 day | 3 days | 7 days':
      'stacks/aws-msk/cache.test.ts: is encrypted at rest and on the way, and asks for a token',
    'logs kept | 7 days': 'docs/deploying.test.ts: says how long each size keeps what',
    '7 days | 30 days | 90 days':
      'stacks/aws-msk/network.test.ts: logs all flows, encrypted, for as long as the size says',
    'all the world is refused':
      'stacks/aws-msk/kubernetes-cluster.test.ts: names all that would lock out everybody',
    'What the AWS CLI cannot do is refused':
      'stacks/aws-msk/provider-settings.test.ts: settings that cannot be kept',
    'divided by itself; about 400 topics':
      'stacks/aws-msk/identities.test.ts: spreads the rights of an app with hundreds of topics',
    'about 400 topics, then refused':
      'stacks/aws-msk/identities.test.ts: refuses more than a role takes',
    'some 500 secrets, then refused':
      'stacks/aws-msk/identities.test.ts: fit into the policies of a role for 500 secrets',
    'refused: with more, MSK does not upgrade':
      'stacks/aws-msk/kafka.test.ts: refuses more partitions than brokers can be upgraded with',
    'ranges to the API | refused':
      'stacks/aws-msk/kubernetes-cluster.test.ts: refuses more ranges than EKS takes',
    'tags | refused': 'stacks/aws-msk/provider-settings.test.ts: refuses %j',
    'value of one secret | refused':
      'stacks/aws-msk/secrets.test.ts: refuses a value that Secrets Manager does not take',
    'kept by Performance Insights for seven days':
      'stacks/aws-msk/database.test.ts: logs slow statements without values',
    '`accountId` keeps a stack from the wrong one':
      'stacks/aws-msk/aws-msk.test.ts: touches no other account than it is told',
    '`production` refuses': 'stacks/aws-msk/sizes.test.ts: guards production',
    'by Pulumi and by the services': 'stacks/aws-msk/database.test.ts: is guarded as the size says',
  },
  'docs/large-values.md': {
    '`tx.publish` refuses an event above the limit':
      'app-images/runtime/outbox/outbox.test.ts: takes an event of exactly as many bytes as its topic takes',
    'deliveries are held':
      'app-images/runtime/sealing/claim-check.test.ts: holds the delivery while the store is out of reach',
  },
  'docs/event-versions.md': {
    'it is refused (EP2011) where its topic brings it another one':
      'constructs/apps/event-versions.test.ts: are refused where a consumer gets %s that it does not read',
    'an old consumer refuses every new property':
      'contracts/compatibility/contract-changes.test.ts: of a closed object cannot add a property under full',
    'It never calls a change compatible that a consumer refuses':
      'contracts/compatibility/compare-schemas.test.ts: says of nothing that it is compatible which a reader refuses',
  },
  'docs/guarantees.md': {
    'and PostgreSQL refuses it': 'app-images/compromised-app.test.ts: is refused when it %s',
    'What cannot be processed is kept, with the reason':
      'app-images/runtime/delivery/delivery.test.ts: an invalid event is quarantined',
    'until somebody decides':
      'app-images/runtime/process/housekeeping.test.ts: keeps what somebody has to decide on',
    'in any database of the server, holds the relay back':
      'app-images/runtime/outbox/relay.test.ts: waits for a transaction of another database',
    'holds back its own key of its own topic, and no other':
      'app-images/runtime/outbox/relay-isolation.test.ts: holds up its own key of its own topic',
    'A topic that refuses everything holds back no other':
      'app-images/runtime/outbox/relay-isolation.test.ts: holds up no other',
    'pauses for up to 30 s':
      'app-images/runtime/outbox/refused-keys.test.ts: waits twice as long after each refusal, up to 30 s',
    'The producer and `tx.publish` look at the event':
      'app-images/tasks/edge-to-effect.test.ts: answers 400 to %s, briefly, and goes on',
    'refuse what consumers would not process':
      'app-images/runtime/outbox/outbox.test.ts: refuses an event with %s',
    'times outside PostgreSQL':
      'app-images/runtime/outbox/outbox.test.ts: refuses an envelope that consumers would not take',
    'are refused when they are declared':
      'contracts/exact-integers.test.ts: is refused with all its problems',
    'so are keys that may be longer than 512 bytes':
      'contracts/event-key.test.ts: are refused when they may be too long',
    'keeps the bytes that arrived':
      'app-images/runtime/delivery/isolation.test.ts: is quarantined with its bytes',
    'at once (`contract`): no database keeps it':
      'app-images/runtime/delivery/delivery.test.ts: an invalid event is quarantined',
    'the database refuses its data':
      'app-images/runtime/delivery/batch.test.ts: finds the events that cannot be processed',
    'whatever goes wrong while connecting':
      'app-images/runtime/database/database.test.ts: holds a delivery, and processes it when connecting works',
    'a lost connection, shutdown':
      'app-images/runtime/delivery/outage.test.ts: deliveries are held, not failed',
    'disk full': "e2e/faults/faults.ts: 'disk full': async",
    'too many connections': 'app-images/runtime/errors/failure.test.ts: classifyFailure',
    'read-only, a server':
      'app-images/runtime/database/database.test.ts: has its connections closed, the delivery held',
    'a server that is silent':
      'app-images/runtime/database/database.test.ts: that waits for a server which no longer answers',
    'the delivery is held: no event is to blame':
      'app-images/runtime/delivery/own-tables.test.ts: hold a delivery when %s',
    'keeps neither its partition nor its neighbours waiting':
      'app-images/runtime/delivery/batch.test.ts: parks later events of a key behind the one',
    'tried again after 1 s, 2 s, 4 s up to an hour, 30 times in less than a day':
      'app-images/runtime/effects/effects.test.ts: waits twice as long after each try, up to an hour',
    'is then kept as `failed`':
      'app-images/runtime/effects/effects.test.ts: is given up after many tries, and kept',
    'roles, databases and servers may set what they like':
      'app-images/runtime/database/database.test.ts: whatever the session settings of a role are',
    'no startup parameter that it refuses':
      'e2e/databases/pooling.ts: PgBouncer, ${bouncer.mode} mode',
    'when the database takes writes':
      'app-images/runtime/database/database.test.ts: the image unready until it takes writes',
    'keeps Unicode':
      'app-images/runtime/database/database.test.ts: refuses a database whose encoding is not Unicode',
    'has the migrations of the image':
      'app-images/runtime/delivery/delivery.test.ts: is alive, and ready while its tables are there',
    'lets the role write': 'app-images/runtime/database/database.test.ts: sees what the work needs',
    'Deliveries under way are held':
      'app-images/runtime/delivery/outage.test.ts: deliveries are held, not failed',
    'the sidecar ends before the image turns ready':
      'app-images/runtime/process/resubscribe-guard.test.ts: restarts it once before it is ready again',
    'without waiting and keeps the connection':
      'e2e/workarounds/kept-deliveries.ts: without: [unguarded, UNGUARDED]',
    '`bulk` is bounded':
      'constructs/apps/delivery-options.test.ts: are refused when they cannot be',
    'reasons why something is refused | 10, of 300 characters':
      'app-images/runtime/events/schema-check.test.ts: tells ten reasons of 300 characters each',
    'refused by `tx.publish`':
      'app-images/runtime/outbox/outbox.test.ts: takes an event of exactly as many bytes as its topic takes',
  },
  'docs/observing.md': {
    'keeps the newest 5,000 in memory':
      'constructs/observability/jaeger.test.ts: gets the spans of apps and sidecars',
    'and is refused in production':
      'constructs/observability/jaeger.test.ts: is refused in production',
    'No label holds an id': 'e2e/observability/observe.ts: is an id`',
    'a page of more than 5,000 series is refused':
      'constructs/observability/metrics-scrape.test.ts: scraped, within bounds',
    'Refused when the platform is rendered':
      'constructs/observability/alert-rules.test.ts: refuse %s when the platform is rendered',
  },
  'docs/operating.md': {
    'growing is refused: the Job brings about all else':
      'constructs/broker/kafka-protocol/topic-partitions.test.ts: is refused when it is ordered and %s, and all else is done',
    'lower than what the topic has is refused':
      'constructs/broker/kafka-protocol/topic-partitions.test.ts: a topic never loses a partition',
    '**Temporary tables** are refused':
      'app-images/compromised-app.test.ts: keep temporary tables, where somebody grants them',
    'Synthesis refuses SQL that cannot run this way: COMMIT':
      'constructs/data/migration-problems.test.ts: refuses transaction control',
    'whatever else PostgreSQL refuses in a transaction':
      'constructs/data/migration-problems.test.ts: refuses what PostgreSQL refuses in a transaction',
    'commands and variables of psql': 'constructs/data/migration-problems.test.ts: refuses %j',
    'a refused password or certificate, a role without `CONNECT`':
      'e2e/databases/connection-script.test.ts: ends at once at %s',
    'a database in another encoding than UTF8':
      'e2e/databases/migration-connections.ts: `a database of ${encoding}`',
  },
  'docs/other-languages.md': {
    'What needs one is refused':
      'constructs/no-database.test.ts: rejects an IdempotentConsumer, whose inbox is there',
    'no outbox keeps its events':
      'constructs/apps/app-workload.test.ts: neither subscription, database nor an alert on an outbox',
  },
  'docs/upgrading.md': {
    'Servers are replaced one after the other':
      'e2e/upgrades/brokers.ts: export const upgradeNats = brokerUpgrade(',
    'with three, a stream keeps its majority':
      'constructs/broker/nats/nats-jet-stream.test.ts: three with three in production',
    'Writes are held while the database moves': 'e2e/upgrades/postgres.ts: writes held for',
  },
  ...MORE_PROOFS,
};

function proofOf(text: string): Proof {
  const [, path, what] = /^(\S+): (.*)$/.exec(text) ?? [undefined, text, ''];
  return path.endsWith('.test.ts') ? { file: path, test: what } : { run: path, says: what };
}

/** All that the documents promise. */
export const PROMISES: readonly DocumentedPromise[] = Object.entries(PROOFS).flatMap(
  ([document, promises]) =>
    Object.entries(promises).map(([promise, proof]) => ({
      document,
      promise,
      proof: proofOf(proof),
    })),
);
