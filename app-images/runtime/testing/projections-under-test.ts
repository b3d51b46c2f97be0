import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { AppManifest } from '@cdk8s-event-platform/contracts';
import { statementsOf } from '../database/database.ts';
import { comparePositions } from '../event-store/position.ts';
import { checkpointOf, headOf } from '../projections/checkpoint.ts';
import type { ProjectionPart } from '../projections/projection.ts';
import { projectionsOf } from '../projections/projections-of.ts';
import { Projector } from '../projections/projector.ts';
import { silentLogger } from '../telemetry/logging.ts';
import { RuntimeMetrics } from '../telemetry/metrics.ts';

/** Time for which other transactions of the server are waited for, in milliseconds. */
const TIMEOUT = 10_000;

/** The projections of an app under test, which go on when they are told to. */
export class ProjectionsUnderTest {
  readonly #parts: readonly ProjectionPart[];
  readonly #projectors: readonly Projector[];

  public constructor(
    private readonly manifest: AppManifest,
    parts: readonly ProjectionPart[] | undefined,
    private readonly pool: pg.Pool,
  ) {
    // A consumer has none, whatever its manifest says.
    this.#parts = parts === undefined ? [] : projectionsOf(manifest, parts);
    // Each try of an event that fails is made at once.
    let clock = 0;
    this.#projectors = this.#parts.map(
      (part) =>
        new Projector({
          ...{ manifest, part, pool, metrics: new RuntimeMetrics(), log: silentLogger },
          clock: () => (clock += 3_600_000),
        }),
    );
  }

  /** Projects what is committed. @throws Error when an event cannot be projected. */
  public async project(): Promise<number> {
    let projected = 0;
    for (const [index, part] of this.#parts.entries()) {
      projected += await this.#projectAll(part, this.#projectors[index]!);
    }
    return projected;
  }

  async #projectAll(part: ProjectionPart, projector: Projector): Promise<number> {
    const { appId: app } = this.manifest;
    const statements = statementsOf(this.pool);
    const head = await headOf(statements, app, part.store.streams.name);
    let end = performance.now() + TIMEOUT;
    for (let projected = 0; ;) {
      const count = await projector.round();
      projected += count;
      end = count > 0 ? performance.now() + TIMEOUT : end;
      const checkpoint = await checkpointOf(statements, { app, contract: part.contract });
      if (checkpoint !== undefined && checkpoint.stopped_at !== null) {
        throw new Error(`projection '${part.contract.name}': ${checkpoint.error ?? ''}`);
      }
      if (head === undefined || (checkpoint && comparePositions(checkpoint, head) >= 0)) {
        return projected;
      }
      if (performance.now() > end) {
        throw new Error(
          `projection '${part.contract.name}' gets no events for ${TIMEOUT / 1000} s: another transaction of the server is open`,
        );
      }
      await sleep(count > 0 ? 0 : 5);
    }
  }
}
