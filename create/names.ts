/** Longest name: the platform's namespace and the names of its objects start with it. */
const MAX_LENGTH = 30;

/** Brokers that a project can start with, by the names of their options: the class, and the id in the chart. */
const BROKERS: Readonly<Record<string, string>> = {
  kafka: 'KafkaCluster',
  nats: 'NatsJetStream',
  rabbitmq: 'RabbitMqCluster',
  redis: 'RedisStreams',
};

/** What a project calls its parts. */
export interface ProjectNames {
  /** The project and its namespace. */
  readonly name: string;
  /** The first event: a subject and what has happened to it, e.g. `order-placed`. */
  readonly event: string;
  /** Field of the event by which events keep their order, e.g. `customer_id`. */
  readonly key: string;
  /** `kafka`, `nats`, `rabbitmq` or `redis`. */
  readonly broker: string;
}

/** Names of the template. */
export const TEMPLATE_NAMES: ProjectNames = {
  name: 'shop',
  event: 'order-placed',
  key: 'customer_id',
  broker: 'kafka',
};

/** Why a project cannot have a name; undefined when it can. */
export function nameProblem(name: string): string | undefined {
  if (!/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name)) {
    return `name '${name}' is not a DNS label: use a-z, 0-9 and '-', starting with a letter, e.g. shop`;
  }
  return name.length > MAX_LENGTH
    ? `name '${name}' has ${name.length} characters, at most ${MAX_LENGTH} are possible: choose a shorter one`
    : undefined;
}

/** Why a project cannot have names; undefined when it can. */
export function namesProblem({ name, event, key, broker }: ProjectNames): string | undefined {
  const wrong = nameProblem(name);
  if (wrong !== undefined) {
    return wrong;
  }
  if (!/^[a-z][a-z0-9]*-[a-z][a-z0-9]*$/.test(event) || event.length > MAX_LENGTH) {
    return `event '${event}' is not a subject and what has happened to it: use two words of a-z and 0-9 with '-' between, at most ${MAX_LENGTH} characters, e.g. order-placed`;
  }
  if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*_id$/.test(key) || key.length > MAX_LENGTH) {
    return `key '${key}' is not the name of an id: use a-z, 0-9 and '_', at most ${MAX_LENGTH} characters with '_id' at the end, e.g. customer_id`;
  }
  if (key === `${subjectOf(event)}_id`) {
    return `key '${key}' is the id of one ${subjectOf(event)}: use what several have in common, e.g. customer_id`;
  }
  return Object.hasOwn(BROKERS, broker)
    ? undefined
    : `no broker '${broker}': use ${Object.keys(BROKERS).join(', ')}`;
}

function subjectOf(event: string): string {
  return event.split('-')[0]!;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function withArticle(word: string): string {
  return `${/^[aeiou]/.test(word) ? 'an' : 'a'} ${word}`;
}

/** What stands for names in the template, what contains others first. */
function wordsOf({ name, event, key, broker }: ProjectNames): string[] {
  const [subject, happened] = event.split('-') as [string, string];
  const owner = key.replace(/_id$/, '');
  const construct = BROKERS[broker]!;
  return [
    // In an import, whose names are sorted.
    `${[construct, 'PostgresDatabase'].sort().join(',\n  ')},`,
    construct,
    `'${broker}'`,
    name,
    key,
    `${owner.replaceAll('_', '-')}-${subject}`,
    withArticle(owner.replaceAll('_', ' ')),
    owner,
    capital(withArticle(subject)),
    withArticle(subject),
    capital(subject),
    subject,
    capital(happened),
    happened,
  ];
}

/** A text of the template with other names, all replaced at once: a new name may be a word of the template. */
export function withNames(text: string, names: ProjectNames): string {
  const before = wordsOf(TEMPLATE_NAMES);
  const after = wordsOf(names);
  return text.replaceAll(new RegExp(before.join('|'), 'g'), (word) => after[before.indexOf(word)]!);
}
