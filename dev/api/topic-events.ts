import type pg from 'pg';
import type { EventContract } from '@cdk8s-event-platform/contracts';
import { type CompiledSchema, compileSchema } from '@cdk8s-event-platform/contracts/internal';
import { contractOfEvent } from '@cdk8s-event-platform/contracts/interface';
import { BROKER_SCHEMA } from '../broker/schema.ts';
import type { EventPlace, EventSummary } from './types.ts';

/** A record, as its table has it. */
interface RecordRow {
  readonly topic: string;
  readonly partition: number;
  readonly position: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly published_at: Date;
}

/** A record with what is read from it. */
export interface ReadEvent {
  readonly summary: EventSummary;
  /** Attributes of the CloudEvent; empty for other content. */
  readonly envelope: Readonly<Record<string, unknown>>;
  readonly content: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/** Follow-up events that are looked for. */
const MAX_FOLLOWING = 50;
/** Reasons that are told for one event. */
const MAX_PROBLEMS = 10;

const COLUMNS = 'topic, partition, position::float8, key, value, headers, published_at';
const NEWEST = `
SELECT ${COLUMNS} FROM ${BROKER_SCHEMA}.records
WHERE topic = $1 AND published_at <= coalesce($2, 'infinity'::timestamptz)
ORDER BY published_at DESC, partition, position DESC LIMIT $3`;
const ONE = `
SELECT ${COLUMNS} FROM ${BROKER_SCHEMA}.records
WHERE topic = $1 AND partition = $2 AND position = $3`;
const CAUSED_BY = `
SELECT ${COLUMNS} FROM ${BROKER_SCHEMA}.records
WHERE published_at >= $2 AND position(convert_to($1, 'UTF8') IN value) > 0
ORDER BY published_at, partition, position LIMIT ${MAX_FOLLOWING}`;

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Reads the events of topics, and checks them against their contracts. */
export class TopicEvents {
  readonly #schemas: ReadonlyMap<EventContract, CompiledSchema>;

  public constructor(
    private readonly broker: pg.Pool,
    private readonly contracts: readonly EventContract[],
  ) {
    this.#schemas = new Map(contracts.map((contract) => [contract, compileSchema(contract)]));
  }

  /** The newest events of a topic, published until a time. */
  public async newest(
    topic: string,
    limit: number,
    until: Date | undefined,
  ): Promise<EventSummary[]> {
    const { rows } = await this.broker.query<RecordRow>(NEWEST, [topic, until ?? null, limit]);
    return rows.map((row) => this.#read(row).summary);
  }

  /** The event at a place; undefined when nothing is there. */
  public async at({ topic, partition, position }: EventPlace): Promise<ReadEvent | undefined> {
    const { rows } = await this.broker.query<RecordRow>(ONE, [topic, partition, position]);
    return rows[0] && this.#read(rows[0]);
  }

  /** Events that name another one as their cause. */
  public async causedBy({ summary }: ReadEvent): Promise<EventSummary[]> {
    const { id, publishedAt } = summary;
    if (id === undefined) {
      return [];
    }
    const named = `"causationid":${JSON.stringify(id)}`;
    const { rows } = await this.broker.query<RecordRow>(CAUSED_BY, [named, publishedAt]);
    // The first event that follows from a request names itself.
    return rows.map((row) => this.#read(row).summary).filter((event) => event.id !== id);
  }

  #read(row: RecordRow): ReadEvent {
    const { topic, partition, position, key, value, headers, published_at: publishedAt } = row;
    const text = value?.toString() ?? null;
    let content: unknown = text;
    try {
      content = JSON.parse(text ?? 'null') as unknown;
    } catch {
      // Shown as it is.
    }
    const envelope = isObject(content) ? content : {};
    const [type, id, source] = [envelope.type, envelope.id, envelope.source].map(textOf);
    return {
      summary: {
        ...{ topic, partition, position, publishedAt: publishedAt.toISOString() },
        key: key?.toString() ?? null,
        ...(type !== undefined && { type }),
        ...(id !== undefined && { id }),
        ...(source !== undefined && { source }),
        problems: this.#problems(type, envelope, content),
      },
      ...{ envelope, content, headers },
    };
  }

  #problems(
    type: string | undefined,
    envelope: ReadEvent['envelope'],
    content: unknown,
  ): readonly string[] {
    if (content === null) {
      return [];
    }
    if (type === undefined) {
      return ['it is not a CloudEvent'];
    }
    const contracts = this.contracts.filter((contract) => contract.type === type);
    if (contracts.length === 0) {
      return [`the platform has no contract of type '${type}'`];
    }
    const contract = contractOfEvent(contracts, envelope);
    if (contract === undefined) {
      return [`the platform has no contract of ${String(envelope.dataschema)}`];
    }
    const validate = this.#schemas.get(contract)!;
    return validate(envelope.data)
      ? []
      : (validate.errors ?? [])
          .slice(0, MAX_PROBLEMS)
          .map(({ instancePath, message = 'is not valid' }) => `data${instancePath} ${message}`);
  }
}
