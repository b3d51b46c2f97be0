import fc from 'fast-check';
import { DnsServer } from '../index.ts';
import { dictionary, mostly, name, record } from './arbitraries.ts';
import { anyText } from './texts.ts';

const words = dictionary(name(63), mostly(name(63), anyText()), { maxKeys: 2 });
/** Defaults of a platform, each of which may be missing. */
export const anyDefaults = fc.record(
  {
    labels: words,
    annotations: dictionary(name(63), anyText(), { maxKeys: 2 }),
    nodeSelector: words,
    tolerations: fc.array(record({ key: name(63), operator: fc.constantFrom('Exists') }), {
      maxLength: 2,
    }),
    imagePullSecrets: fc.array(mostly(name(253), anyText()), { maxLength: 2 }),
    cpuLimit: mostly(fc.constantFrom('4', '8000m'), fc.constantFrom('lots', '0')),
    assignedUsers: fc.boolean(),
    serviceAccount: fc.record(
      {
        name: mostly(name(253), anyText()),
        annotations: dictionary(name(63), anyText(), { maxKeys: 1 }),
      },
      { requiredKeys: ['name'], noNullPrototype: true },
    ),
    dns: fc.constantFrom([DnsServer.nodeLocal()], [DnsServer.openShift()]),
    monitors: fc.oneof(fc.boolean(), record({ labels: words })),
    rules: fc.oneof(fc.boolean(), record({ labels: words })),
  },
  { requiredKeys: [], noNullPrototype: true },
);
