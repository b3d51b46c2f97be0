/**
 * Imports point one way, and in no circle.
 *
 * Across packages: stacks → charts → constructs → contracts ← runtime ← apps; cli → dev → constructs, runtime. Inside constructs: see LAYERS.
 * Tests may import anything.
 *
 * @type {import('dependency-cruiser').IConfiguration}
 */

/** Folders of constructs, the highest first: each may import what stands below it. */
const LAYERS = [
  ['outputs'],
  ['apps'],
  ['scaling'],
  ['broker'],
  ['dapr'],
  ['data', 'notifications'],
  ['observability'],
  ['messaging'],
  ['platform'],
  ['security'],
  ['core'],
  ['imports'],
];

/** Folders of constructs/broker, the highest first. */
const BROKERS = [
  ['kafka-ui', 'kafka', 'strimzi', 'rabbitmq', 'redis-streams', 'nats'],
  ['external-kafka'],
  ['kafka-protocol'],
  ['parts'],
];

/** A folder of a layer imports neither a layer above it nor another folder of its own. */
function downwards(root, layers) {
  return layers.flatMap((layer, rank) =>
    layer.map((folder) => ({
      name: `${root}/${folder} may import only what is below it`,
      severity: 'error',
      from: { path: `^${root}/${folder}/` },
      to: {
        path: `^${root}/(${[...layers.slice(0, rank).flat(), ...layer.filter((other) => other !== folder)].join('|') || '-'})/`,
      },
    })),
  );
}

/** What a folder must not import. */
function apart(name, from, to, except) {
  return {
    name,
    severity: 'error',
    from: { path: from },
    to: { path: to, ...(except && { pathNot: except }) },
  };
}

module.exports = {
  forbidden: [
    { name: 'no circle', severity: 'error', from: {}, to: { circular: true } },
    ...downwards('constructs', LAYERS),
    ...downwards('constructs/broker', BROKERS),
    apart(
      'contracts are plain data that everything derives from',
      '^contracts/',
      '^(?!contracts/|node_modules/(ajv|ajv-formats|fast-uri|json-schema-to-ts)/)',
      // Digests of lock files, which images do not read.
      ['^(node:)?crypto$'],
    ),
    apart(
      'constructs know nothing of what is built from them',
      '^constructs/',
      '^(app-images|charts|cli|e2e|scripts|stacks|testkit)/|^@cdk8s-event-platform/(?!contracts(/|$))',
    ),
    apart(
      'constructs use cdk8s alone: no Pulumi, no network, no files but the lock of contracts',
      '^constructs/(?!testing/|platform/contract-lock\\.ts$)',
      'node_modules/@pulumi/|^(node:)?(child_process|fs|fs/promises|http|https|net|path)$',
    ),
    apart(
      'the command uses packages, as other teams have them',
      '^cli/',
      '^(app-images|charts|constructs|dev|e2e|scripts|stacks|testkit)/',
      ['^(constructs|dev)/index\\.ts$', '^app-images/runtime/(dead-letters/|testing/)?index\\.ts$'],
    ),
    apart(
      'dev uses packages, as other teams have them',
      '^dev/',
      '^(app-images|charts|cli|constructs|e2e|scripts|stacks|testkit)/',
      [
        '^constructs/index\\.ts$',
        '^app-images/runtime/(dead-letters/|testing/)?index\\.ts$',
        '^app-images/runtime/testing/internal\\.ts$',
      ],
    ),
    apart(
      'charts read the contracts and manifests of images, never their handlers',
      '^charts/',
      '^(stacks|e2e|scripts|testkit)/|^app-images/(?!.*/manifest\\.ts$|.*/(events|state)/)|^@cdk8s-event-platform/(?!contracts(/|$))',
    ),
    apart(
      'images know contracts, not how they are deployed',
      '^app-images/[^/]+/',
      '^(charts|constructs|stacks|e2e|scripts|testkit)/|^cdk8s-event-platform(/|$)',
    ),
    apart(
      'events know nothing of the images that use them',
      '^app-images/((?!runtime)[^/]+)/events/',
      '^app-images/(?!$1/events/)|^@cdk8s-event-platform/(?!contracts(/|$))',
    ),
    apart('the testkit knows nothing of the runs', '^testkit/', '^(e2e|benchmarks)/'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.test\\.ts$|/(build|dist|__snapshots__)/|^e2e/packages/files/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.js'] },
  },
};
