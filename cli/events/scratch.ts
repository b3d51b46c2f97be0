import { relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AppManifest } from '@cdk8s-event-platform/contracts';
import { contractOfEvent } from '@cdk8s-event-platform/contracts/interface';
import {
  type AppUnderTest,
  createDatabase,
  type Delivery,
  startPostgres,
  TestApp,
} from '@cdk8s-event-platform/runtime/testing';
import { tsImport } from 'tsx/esm/api';
import { UsageError } from '../command-line.ts';

/** An event as a topic or a file has it. */
interface Envelope {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: string;
  readonly dataschema?: string;
  readonly data: unknown;
}

/** What becomes of events: how many, by outcome. */
export type ScratchOutcomes = Readonly<Record<string, number>>;

/** Options of {@link ScratchConsumer.start}. */
export interface ScratchOptions {
  /** Manifest of the consumer, as the chart has it. */
  readonly manifest: AppManifest;
  /** Module that exports what it does: a consumer, or the parts of a service. */
  readonly module: string;
  /** Connection string of a role that may create databases. @default - a server of its own */
  readonly url?: string;
}

/** The consumer or the parts that a module exports. @throws UsageError when it exports neither, or several */
export function appIn(
  exported: Readonly<Record<string, unknown>>,
  manifest: AppManifest,
  module: string,
): ConstructorParameters<typeof TestApp>[0] {
  const found = Object.values(exported).filter(
    (each): each is AppUnderTest =>
      typeof each === 'object' && each !== null && ('handlers' in each || 'on' in each),
  );
  const [app, ...others] = new Set(found);
  if (app === undefined || others.length > 0) {
    throw new UsageError(
      `'${module}' exports ${app === undefined ? 'no consumer and no parts with handlers' : 'several'}: name the module that exports consumer(…), or parts with 'on'`,
    );
  }
  return 'handlers' in app ? app : { ...app, manifest };
}

function isEnvelope(event: unknown): event is Envelope {
  const { id, source, type, time } = (event ?? {}) as Partial<Envelope>;
  return [id, source, type, time].every((each) => typeof each === 'string');
}

/**
 * A consumer on a database of its own, which nothing else sees: events are processed as in a cluster, and nothing of it
 * leaves this machine. Side effects are not performed, and what it publishes stays in its outbox.
 */
export class ScratchConsumer {
  readonly #outcomes = new Map<string, number>();

  private constructor(
    private readonly app: TestApp,
    private readonly manifest: AppManifest,
    /** Connection string of the database. */
    public readonly url: string,
    private readonly end: () => Promise<void>,
  ) {}

  /** Creates the database with the tables of the consumer. */
  public static async start(options: ScratchOptions): Promise<ScratchConsumer> {
    const { manifest, module } = options;
    const file = pathToFileURL(resolve(module)).href;
    const exported = (await tsImport(file, import.meta.url)) as Record<string, unknown>;
    const app = appIn(exported, manifest, relative('', module));
    const server = options.url === undefined ? await startPostgres() : undefined;
    const url = options.url ?? server!.url;
    try {
      const database = await createDatabase([manifest], { url });
      return new ScratchConsumer(new TestApp(app, database), manifest, url, async () => {
        await database.drop();
        await server?.remove();
      });
    } catch (error) {
      await server?.remove();
      throw error;
    }
  }

  /** Processes an event. */
  public async take(event: unknown): Promise<Delivery | { readonly outcome: 'ignored' }> {
    const delivery = await this.#deliver(event);
    const { outcome } = delivery;
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
    return delivery;
  }

  /** What became of the events so far. */
  public get outcomes(): ScratchOutcomes {
    return Object.fromEntries(this.#outcomes);
  }

  /** Drops the database. */
  public async stop(): Promise<void> {
    await this.end();
  }

  async #deliver(event: unknown): Promise<Delivery | { readonly outcome: 'ignored' }> {
    if (!isEnvelope(event)) {
      return { outcome: 'ignored' };
    }
    const { id, source, time, data, dataschema } = event;
    const ofType = (this.manifest.subscribes ?? []).filter(({ type }) => type === event.type);
    const contract = contractOfEvent(ofType, event);
    return contract === undefined
      ? { outcome: 'ignored' }
      : this.app.deliver(contract, data, {
          ...{ id, source, time },
          ...(dataschema !== undefined && { dataschema }),
        });
  }
}
