import type { k8s } from 'cdk8s-plus-27';
import type { EventContract } from '@cdk8s-event-platform/contracts';
import {
  coded,
  contractProblems,
  listOf,
  must,
  optional,
  type Shape,
  text,
} from '@cdk8s-event-platform/contracts/internal';
import { labelNameProblem } from '../../core/kubernetes-syntax.ts';
import { selectorLabels } from '../../core/names.ts';
import { Problems, validateLater } from '../../core/problems.ts';
import { disagreements, useContracts } from '../../messaging/contract-registry.ts';
import { EventPlatform } from '../../platform/event-platform.ts';
import { podsOfNamespace } from '../../security/network-policies.ts';
import type { KafkaBroker } from './kafka-broker.ts';
import { KEDA_USER } from './scram-login.ts';

/** What a client in another namespace may do. */
export interface AdmitClientOptions {
  /** Namespace of the client's pods. */
  readonly namespace: string;
  /** Topics that it publishes to: names, or contracts of their events. @default - none */
  readonly publishes?: readonly (EventContract | string)[];
  /** Topics that it receives: names, or contracts of their events. @default - none */
  readonly receives?: readonly (EventContract | string)[];
  /** Its consumer group. @default - its name */
  readonly group?: string;
}

/** A client in another namespace, with the names of its topics. */
export interface AdmittedClient {
  /** Name of the client: its user, and the value of its pods' label `app.kubernetes.io/name`. */
  readonly name: string;
  readonly namespace: string;
  readonly publishes: readonly string[];
  readonly receives: readonly string[];
  readonly group: string;
}

const TOPICS = optional(
  listOf(
    must(
      (value) => typeof value === 'string' || (typeof value === 'object' && value !== null),
      'must be the name of a topic or an event contract',
    ),
  ),
);

const SHAPE: Shape<AdmitClientOptions> = {
  namespace: text,
  publishes: TOPICS,
  receives: TOPICS,
  group: optional(text),
};

function topicsOf(listed: readonly (EventContract | string)[]): string[] {
  const names = listed.map((topic) => (typeof topic === 'string' ? topic : topic.topic));
  return [...new Set(names)].sort();
}

/** Clients of a Kafka that are in other namespaces. */
export class AdmittedClients {
  readonly #clients = new Map<string, AdmittedClient>();
  readonly #broker: KafkaBroker;

  /**
   * @param broker that admits them.
   * @param workloads that the broker knows in the platform's namespace; called when everything is declared.
   */
  public constructor(broker: KafkaBroker, workloads: () => Iterable<string>) {
    this.#broker = broker;
    validateLater(broker, () => {
      const taken = new Set([...workloads(), KEDA_USER]);
      return coded(
        'EP3004',
        ...[...this.#clients.values()].flatMap((client) => this.#problems(client, taken)),
      );
    });
  }

  /** Their pods. */
  public get peers(): readonly k8s.NetworkPolicyPeer[] {
    return [...this.#clients.values()].map(({ name, namespace }) => ({
      ...podsOfNamespace(namespace),
      podSelector: { matchLabels: selectorLabels(name) },
    }));
  }

  /** Whether one of them publishes to a topic. */
  public publishTo(topic: string): boolean {
    return [...this.#clients.values()].some(({ publishes }) => publishes.includes(topic));
  }

  /** Whether one of them receives a topic. */
  public receive(topic: string): boolean {
    return [...this.#clients.values()].some(({ receives }) => receives.includes(topic));
  }

  /** Adds a client. @throws DeclarationError when it cannot be admitted. */
  public add(name: string, options: AdmitClientOptions): AdmittedClient {
    const problems = new Problems(this.#broker);
    problems.add(...coded('EP1001', ...text('name', name)));
    problems.props(options, SHAPE);
    const { namespace, publishes = [], receives = [], group = name } = options;
    const contractsOf = (topics: typeof publishes) =>
      topics.filter((topic) => typeof topic !== 'string');
    const uses = { publishes: contractsOf(publishes), subscribes: contractsOf(receives) };
    for (const contract of [...uses.publishes, ...uses.subscribes]) {
      problems.add(
        ...coded(
          'EP2001',
          ...contractProblems(contract).map((found) => `client '${name}': ${found}`),
        ),
      );
    }
    problems.report();
    const { environment } = EventPlatform.of(this.#broker);
    const [nameProblem, namespaceProblem] = [name, namespace].map((label) =>
      labelNameProblem(label),
    );
    const other = this.#clients.get(name);
    problems.add(
      ...coded(
        'EP3004',
        nameProblem !== undefined && `client '${name}' ${nameProblem}`,
        namespaceProblem !== undefined &&
          `namespace '${namespace}' of client '${name}' ${namespaceProblem}`,
        namespace === environment.namespace &&
          `namespace '${namespace}' of client '${name}' is the platform's own: declare an app there`,
        other !== undefined &&
          `client '${name}' of namespace '${other.namespace}' is admitted already: list all of its topics in one call, or use another name`,
        publishes.length === 0 &&
          receives.length === 0 &&
          `client '${name}' has no topics: list at least one under publishes or receives`,
        options.group !== undefined &&
          receives.length === 0 &&
          `group '${group}' of client '${name}' receives no topic: list its topics under receives, or leave group out`,
        !/^[A-Za-z0-9._-]{1,255}$/.test(group) &&
          `group '${group}' of client '${name}' is not plain: use 1 to 255 letters, digits, '.', '_' and '-'`,
      ),
      ...disagreements(this.#broker, uses),
    );
    problems.report();
    useContracts(this.#broker, uses);
    const client = {
      name,
      namespace,
      publishes: topicsOf(publishes),
      receives: topicsOf(receives),
      group,
    };
    this.#clients.set(name, client);
    return client;
  }

  /** What is wrong with a client, once everything is declared. */
  #problems({ name, publishes, receives, group }: AdmittedClient, taken: Set<string>): string[] {
    const platform = EventPlatform.of(this.#broker);
    const isTaken = (user: string) => taken.has(user) || platform.findApp(user) !== undefined;
    const declared = this.#broker.topics.map((topic) => topic.name);
    const unknown = [...new Set([...publishes, ...receives])].filter(
      (topic) => !declared.includes(topic),
    );
    return [
      ...unknown.map(
        (topic) =>
          `topic '${topic}' of client '${name}' is not declared: use one of ${declared.join(', ')}, or declare it with pubSub.addTopic`,
      ),
      ...(isTaken(name)
        ? [
            `client '${name}' has the name of a client in the platform's namespace, whose account it would share: use another name`,
          ]
        : []),
      ...(group !== name && isTaken(group)
        ? [
            `group '${group}' of client '${name}' is that of an app of the platform, whose events it would take: use another group`,
          ]
        : []),
    ];
  }
}
