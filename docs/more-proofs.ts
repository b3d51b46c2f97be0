/** Part of the proofs in `promises.ts`: by document and promise. */
export const MORE_PROOFS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'docs/state.md': {
    'their deliveries are held and repeated':
      'docs/state.test.ts: that is down is slower, and never wrong',
    'It is refused in production':
      'constructs/data/redis-cache.test.ts: one in the cluster, or without TLS, is refused',
    'Values that do not fit the schema are refused':
      'app-images/runtime/state/state-client.test.ts: refuses a value that does not fit',
  },
  'docs/using-pulumi.md': {
    'refused before anything is registered':
      'stacks/kubernetes/platform-objects.test.ts: registers nothing of a platform that cannot work',
    'A placeholder without a value is refused':
      'stacks/kubernetes/platform-objects.test.ts: refuses a placeholder without a value before it registers anything',
  },
  'docs/versions.md': {
    'is refused at synth':
      'constructs/core/core.test.ts: refuses versions of a cluster that the platform does not work with',
    '`bulk: false` is refused':
      'constructs/apps/delivery-options.test.ts: are as they are asked for',
    'a component with it is refused':
      'constructs/dapr/dapr-pub-sub.test.ts: refuses {namespace} in a setting',
  },
  'docs/commands-and-replies.md': {
    'A platform in which two apps subscribe to a command is refused':
      'constructs/messaging/command-handlers.test.ts: is refused with two handlers',
    'somebody waits for, kept for seven days':
      'app-images/runtime/requests/requests.test.ts: forgets what was asked a week ago',
    'Another command with the same id is refused (422)':
      'app-images/runtime/requests/requests.test.ts: answers 422 when an id was used for another command',
    'and so is one in which nobody does':
      'constructs/messaging/command-handlers.test.ts: is refused without a handler',
  },
  'docs/sagas.md': {
    'the request is refused when it comes later':
      'docs/examples/sagas/trips.test.ts: refuses a room that was cancelled before',
    'the app refuses it past the point of no return':
      'app-images/runtime/sagas/decide.test.ts: cannot be cancelled any more',
    'while a step that cannot be undone has no answer':
      'app-images/runtime/sagas/saga-failures.test.ts: is told why a saga is not cancelled, which goes on',
  },
  'docs/http-api.md': {
    'Answers are kept for seven days':
      'app-images/runtime/http/api.test.ts: is forgotten after a week',
    'refuses a change of another version with 412':
      'app-images/runtime/http/conditional.test.ts: refuses a change of another version, and of none',
  },
  'docs/todo.md': {
    'what happens to a user keeps its order':
      'e2e/todo/verify.ts: entries of activity are out of order',
    'The request is refused with 409 or 404':
      'e2e/todo/todo.test.ts: refuses impossible transitions, which change nothing',
  },
  'create/README.md': {
    'A folder with files in it is refused':
      'create/project.test.ts: refuses a folder with files, and a file',
  },
  'docs/orders.md': {
    'keeps what happens to them in an event store':
      'app-images/orders/orders/order.test.ts: ends one way, whatever it is told, in whatever order',
    'on which what happens to one order keeps its order':
      'app-images/runtime/delivery/types-in-order.test.ts: handles events of several types in the order in which they were delivered',
    'shipping holds the order back':
      'app-images/orders/shipping/shipping.test.ts: an order that others have cancelled is not sent',
    'the orchestrator keeps its steps in memory':
      'e2e/orders/verify.ts: orders go through both sagas while services, orchestrator',
  },
  'docs/patterns/README.md': {
    'holds back nothing but its key':
      'docs/patterns/patterns.test.ts: dead letters: what cannot be processed holds back nothing but its key',
  },
  'docs/patterns/claim-check.md': {
    'What is large is kept in a store':
      'app-images/runtime/sealing/claim-check.test.ts: keeps a large value in the store, and its hash and size in the event',
  },
  'docs/patterns/dead-letters.md': {
    'must not hold back the others':
      'docs/patterns/patterns.test.ts: dead letters: what cannot be processed holds back nothing but its key',
    'so that their order is kept':
      'app-images/runtime/delivery/types-in-order.test.ts: parks later events of a key, whatever their type, behind one that fails',
  },
};
