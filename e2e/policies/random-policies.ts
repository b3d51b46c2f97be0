import type {
  Peer,
  Policy,
  Port,
  Rule,
  Selector,
} from '../../testkit/kubernetes/node/network-policies.ts';
import type { SeededRandom } from '../../testkit/random.ts';
import { namespaceObject, NODE, placed, type World } from './world.ts';

const NAMESPACES = { shop: { team: 'a', stage: 'live' }, bank: { team: 'b' }, plain: {} } as const;

/** A port of the same name is another number in another pod, and another protocol in one of them. */
const PODS = [
  ['shop', { app: 'web', tier: 'front' }, [['http', 8080, 'TCP']]],
  [
    'shop',
    { app: 'web' },
    [
      ['http', 80, undefined],
      ['dns', 53, 'UDP'],
    ],
  ],
  ['shop', { app: 'store', tier: 'back' }, [['store', 8085, 'TCP']]],
  ['shop', {}, []],
  ['bank', { app: 'web', tier: 'back' }, [['http', 8081, 'TCP']]],
  [
    'bank',
    { app: 'store' },
    [
      ['dns', 53, 'TCP'],
      ['store', 9000, 'SCTP'],
    ],
  ],
  ['plain', { tier: 'front' }, [['http', 8080, 'UDP']]],
  ['plain', {}, []],
] as const;

/** Blocks with parts that can be left out of them; no pod has an IPv6 address here. */
const BLOCKS = [
  ['0.0.0.0/0', '10.0.0.0/8', '203.0.113.0/24', '10.244.1.4/31'],
  ['10.244.0.0/16', '10.244.1.2/32', '10.244.1.4/30', '10.244.0.0/17'],
  ['10.244.1.6/31', '10.244.1.7/32'],
  ['203.0.113.0/24', '203.0.113.8/29'],
  ['203.0.113.10/32'],
  ['::/0', '2001:db8::/32'],
] as const;

const PORTS = [53, 80, 443, 8080, 8081, 8085, 9000];
const PROTOCOLS = ['TCP', 'UDP', 'SCTP'];
const LABELS = {
  app: ['web', 'store', 'none'],
  tier: ['front', 'back'],
} as const satisfies Record<string, readonly string[]>;
const NAMESPACE_LABELS = {
  team: ['a', 'b', 'c'],
  stage: ['live'],
  'kubernetes.io/metadata.name': ['shop', 'bank', 'plain'],
} as const satisfies Record<string, readonly string[]>;

/** Policies at random, of every form that the API server lets in. */
class PolicyGenerator {
  public constructor(private readonly random: SeededRandom) {}

  public policies(): Policy[] {
    return this.#some(1, 4, (index) => ({
      metadata: { name: `policy-${index}`, namespace: this.random.pick(Object.keys(NAMESPACES)) },
      spec: {
        podSelector: this.#selector(LABELS),
        ...this.#maybe('policyTypes', () =>
          this.random.pick([[], ['Ingress'], ['Egress'], ['Ingress', 'Egress']]),
        ),
        ...this.#maybe('ingress', () => this.#some(0, 2, () => this.#rule('from'))),
        ...this.#maybe('egress', () => this.#some(0, 2, () => this.#rule('to'))),
      },
    }));
  }

  #rule(peers: 'from' | 'to'): Rule {
    return {
      ...this.#maybe(peers, () => this.#some(0, 2, () => this.#peer())),
      ...this.#maybe('ports', () => this.#some(0, 3, () => this.#port())),
    };
  }

  #peer(): Peer {
    if (this.#chance(0.25)) {
      const [cidr, ...parts] = this.random.pick(BLOCKS);
      return {
        ipBlock: { cidr, ...this.#maybe('except', () => parts.filter(() => this.#chance(0.5))) },
      };
    }
    const forms = [['podSelector'], ['namespaceSelector'], ['podSelector', 'namespaceSelector']];
    const form = this.random.pick(forms);
    return {
      ...(form.includes('podSelector') && { podSelector: this.#selector(LABELS) }),
      ...(form.includes('namespaceSelector') && {
        namespaceSelector: this.#selector(NAMESPACE_LABELS),
      }),
    };
  }

  #port(): Port {
    const protocol = this.#maybe('protocol', () => this.random.pick(PROTOCOLS));
    switch (this.random.pick(['all', 'number', 'range', 'name'])) {
      case 'all':
        return protocol;
      case 'range': {
        const port = this.random.pick(PORTS);
        return { port, endPort: port + this.random.pick([0, 1, 5, 1000]), ...protocol };
      }
      case 'name':
        return { port: this.random.pick(['http', 'dns', 'store', 'nobody']), ...protocol };
      default:
        return { port: this.random.pick(PORTS), ...protocol };
    }
  }

  #selector(known: Readonly<Record<string, readonly string[]>>): Selector {
    const key = () => this.random.pick(Object.keys(known));
    const expression = () => {
      const chosen = key();
      const operator = this.random.pick(['In', 'NotIn', 'Exists', 'DoesNotExist']);
      const values = known[chosen]!.filter(() => this.#chance(0.5));
      return {
        key: chosen,
        operator,
        // The API server wants at least one of them, or none.
        ...(operator.endsWith('In') && {
          values: values.length > 0 ? values : [known[chosen]![0]!],
        }),
      };
    };
    const label = key();
    return {
      ...(this.#chance(0.4) && { matchLabels: { [label]: this.random.pick(known[label]!) } }),
      ...(this.#chance(0.4) && { matchExpressions: this.#some(0, 2, expression) }),
    };
  }

  #chance(ratio: number): boolean {
    return this.random.next() < ratio;
  }

  /** A field that is there three times of four. */
  #maybe<Name extends string, Value>(name: Name, make: () => Value): Partial<Record<Name, Value>> {
    return this.#chance(0.75) ? ({ [name]: make() } as Record<Name, Value>) : {};
  }

  #some<Item>(min: number, max: number, make: (index: number) => Item): Item[] {
    const length = Math.floor(this.random.between(min, max + 1));
    return Array.from({ length }, (_, index) => make(index));
  }
}

/** A small world with policies at random; the same for the same numbers. */
export function randomWorld(random: SeededRandom): World {
  return {
    namespaces: Object.entries(NAMESPACES).map(([name, labels]) => namespaceObject(name, labels)),
    pods: placed(
      PODS.map(([namespace, labels, ports]) => ({
        metadata: { name: 'pod', namespace, labels },
        spec: {
          containers: [
            {
              ports: ports.map(([name, containerPort, protocol]) => ({
                name,
                containerPort,
                ...(protocol && { protocol }),
              })),
            },
          ],
        },
      })),
    ),
    policies: new PolicyGenerator(random).policies(),
    outside: [NODE, '203.0.113.10', '203.0.113.20', '192.0.2.1'],
    ports: [...PORTS, 8086, 7777].flatMap((port) =>
      PROTOCOLS.map((protocol) => ({ port, protocol })),
    ),
  };
}
