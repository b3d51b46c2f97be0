import type { IConstruct } from 'constructs';
import { DeclarationError } from '../../core/errors.ts';
import type { TopicSpec } from '../../messaging/message-broker.ts';
import { coded } from '@cdk8s-event-platform/contracts/internal';

function byName(topics: Iterable<TopicSpec>): TopicSpec[] {
  return [...topics].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The topics of a broker. */
export class DeclaredTopics {
  readonly #own = new Map<string, TopicSpec>();
  readonly #imported = new Map<string, TopicSpec>();

  /** @param broker that has them, for errors. */
  public constructor(private readonly broker: IConstruct) {}

  /** Those that the platform provisions, by name. */
  public get own(): readonly TopicSpec[] {
    return byName(this.#own.values());
  }

  /** Those that others provision, by name. */
  public get imported(): readonly TopicSpec[] {
    return byName(this.#imported.values());
  }

  /** All of them, by name. */
  public get all(): readonly TopicSpec[] {
    return byName([...this.#own.values(), ...this.#imported.values()]);
  }

  /** Adds a topic. @throws DeclarationError when there is one of its name. */
  public add(spec: TopicSpec): void {
    this.#check(spec);
    this.#own.set(spec.name, spec);
  }

  /** Adds a topic that others provision. @throws DeclarationError when there is one of its name. */
  public import(spec: TopicSpec): void {
    this.#check(spec);
    this.#imported.set(spec.name, spec);
  }

  #check({ name }: TopicSpec): void {
    if (this.#own.has(name) || this.#imported.has(name)) {
      throw new DeclarationError(
        this.broker,
        ...coded('EP3005', `topic '${name}' is declared twice: declare it once`),
      );
    }
  }
}
