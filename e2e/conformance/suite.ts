import { Context } from './context.ts';
import { PRODUCER, type TestedApp, type TestedPlatform, testedPlatform } from './platform.ts';
import { ScriptedApp } from './scripted-app.ts';
import type { Subject } from './subject.ts';

/** A test of what a sidecar does, written once for every subject. */
export interface ConformanceTest {
  /** What is true. */
  readonly name: string;
  /** Its app. @default - events in bulk, three retries, dead letters */
  readonly app?: TestedApp;
  /** Throws when it is not true. */
  readonly run: (context: Context) => Promise<void>;
}

/** App id of each test, by its name. */
export function appIdsOf(tests: readonly ConformanceTest[]): ReadonlyMap<string, string> {
  return new Map(tests.map(({ name }, index) => [name, `tested-${index}`]));
}

/** The platform of these tests. */
export function platformOf(tests: readonly ConformanceTest[]): TestedPlatform {
  const ids = appIdsOf(tests);
  return testedPlatform(new Map(tests.map(({ name, app = {} }) => [ids.get(name)!, app])));
}

/** Runs tests on a subject that is up. */
export class Suite {
  private constructor(
    private readonly subject: Subject,
    private readonly platform: TestedPlatform,
    private readonly ids: ReadonlyMap<string, string>,
    private readonly producerApp: ScriptedApp,
    private readonly producer: Awaited<ReturnType<Subject['sidecar']>>,
  ) {}

  /** Starts what tests share: the sidecar of a producer. */
  public static async start(
    subject: Subject,
    platform: TestedPlatform,
    tests: readonly ConformanceTest[],
  ): Promise<Suite> {
    const app = await ScriptedApp.start();
    const producer = await subject.sidecar(PRODUCER, app.port);
    return new Suite(subject, platform, appIdsOf(tests), app, producer);
  }

  /** Runs a test. @throws Error when it fails. */
  public async run({ name, run }: ConformanceTest): Promise<void> {
    const appId = this.ids.get(name)!;
    const context = await Context.create(appId, this.subject, this.platform, this.producer);
    try {
      await run(context);
    } finally {
      await context.close();
    }
  }

  /** Ends what tests share, and the subject. */
  public async stop(): Promise<void> {
    await this.producer.kill();
    await this.producerApp.stop();
    await this.subject.stop();
  }
}
