import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { type AppManifest, defineApp } from '@cdk8s-event-platform/contracts';
import { EventApp } from '../apps/event-app.ts';
import type { EventAppProps } from '../apps/event-app-props.ts';
import { EventProducer } from '../apps/event-producer.ts';
import { KedaLagScaler } from '../scaling/keda-lag-scaler.ts';
import { OrderPlaced, TestPlatform } from '../testing/fixtures.ts';
import { manifestProblems } from '../testing/manifest-problems.ts';
import { DaprJob } from './dapr-job.ts';

const base = { appId: 'pricing', description: 'Prices orders.', port: 8080 };
const jobs = [
  { name: 'cleanup', description: 'Cleans.', schedule: '0 3 * * *' },
  { name: 'import', description: 'Imports.', at: '2026-12-01T09:00:00Z' },
] as const;

function withJobs(props: Partial<EventAppProps> = {}, manifest: Partial<AppManifest> = {}) {
  const test = new TestPlatform();
  test.producer();
  const { platform, pubSub, database } = test;
  const app = new EventApp(platform, 'pricing', {
    manifest: defineApp({ ...base, jobs, ...manifest }),
    ...{ pubSub, database, ...props },
  });
  const env = () =>
    (
      test.object('Deployment', 'pricing').spec.template.spec.containers[0]!.env as {
        name: string;
        value?: string;
      }[]
    ).find(({ name }) => name === 'JOB_OVERRIDES')?.value;
  return { test, app, env };
}

describe('DaprJob', () => {
  it('is made for each job of a manifest', () => {
    const { test, app, env } = withJobs();
    expect(Object.keys(app.jobs)).toEqual(['cleanup', 'import']);
    expect(app.jobs.cleanup).toBeInstanceOf(DaprJob);
    expect(app.jobs.cleanup).toMatchObject({ schedule: '0 3 * * *', at: undefined, enabled: true });
    expect(app.jobs.import).toMatchObject({ schedule: undefined, at: '2026-12-01T09:00:00Z' });
    expect(env()).toBeUndefined();
    expect(manifestProblems(test.objects())).toEqual([]);
  });

  it('alerts on due times that are over, and on runs that fail', () => {
    const { test } = withJobs({ jobs: { cleanup: { maxDelay: Duration.hours(2) } } });
    const rules = (job: string) =>
      (
        test.object('PrometheusRule', `pricing-job-${job}-alerts`).spec as {
          groups: { rules: { alert: string; expr: string }[] }[];
        }
      ).groups.flatMap((group) => group.rules.map(({ alert, expr }) => `${alert}: ${expr}`));
    const { namespace } = test.platform.environment;
    expect(rules('cleanup')).toEqual([
      `JobOverdue: max(job_overdue_seconds{job="${namespace}/pricing",job_name="cleanup"}) > 7200`,
      `JobFailing: sum(increase(job_runs_total{job="${namespace}/pricing",job_name="cleanup",result="failed"}[5m])) > 0`,
    ]);
    expect(rules('import')[0]).toContain('> 300');
  });

  it('tells the app what its environment says', () => {
    const { test, app, env } = withJobs({
      jobs: { cleanup: { schedule: '@hourly' }, import: { enabled: false } },
    });
    expect(env()).toBe('{"cleanup":{"schedule":"@hourly"},"import":{"enabled":false}}');
    expect(app.jobs.cleanup!.schedule).toBe('@hourly');
    expect(app.jobs.import!.alerts).toBeUndefined();
    test.objects();
    expect(
      test.objects().filter(({ metadata }) => metadata.name === 'pricing-job-import-alerts'),
    ).toEqual([]);
  });

  it.each([
    [{ clean: {} }, "jobs names the job 'clean', which the manifest does not have"],
    [{ cleanup: { schedule: '0 25 * * *' } }, 'its hour (25) is out of range: use 0 to 23'],
    [{ cleanup: { schedule: '0 0 31 2 *' } }, 'it would never be due'],
    [{ import: { schedule: '@daily' } }, 'jobs.import.schedule is about a job that runs once'],
    [{ cleanup: { maxDelay: Duration.millis(5) } }, 'must be at least a second'],
    [{ cleanup: { enabled: 'no' } }, "jobs.cleanup.enabled ('no') must be true or false"],
    [{ cleanup: { every: '5m' } }, "'jobs.cleanup.every' is not known"],
  ])('refuses %j', (options, problem) => {
    expect(() => withJobs({ jobs: options as never })).toThrow(problem);
  });
});

describe('an app with jobs', () => {
  it('is refused without a database, unless its image remembers by itself', () => {
    const { platform, pubSub } = new TestPlatform();
    const manifest = defineApp({ ...base, jobs });
    expect(() => new EventApp(platform, 'pricing', { manifest, pubSub })).toThrow(
      "app manifest 'pricing' has jobs (cleanup, import), and there is no database to remember which due times were processed: give it one, as the property 'database', or the 'command' of an image that remembers by itself [EP4006]",
    );
    const command = ['python', '-m', 'pricing'];
    const app = new EventApp(platform, 'other', { manifest, pubSub, command });
    expect(Object.keys(app.jobs)).toEqual(['cleanup', 'import']);
  });

  it('has the rights to the table of jobs', () => {
    const { test } = withJobs();
    const access = test
      .objects()
      .filter(({ kind }) => kind === 'ConfigMap')
      .map((object) => JSON.stringify(object))
      .join();
    expect(access).toContain('scheduled_jobs');
    expect(access).toMatch(/pricing[^}]*scheduled_jobs/);
  });

  it('keeps a pod where others have none', () => {
    const { app } = withJobs({}, { subscribes: [OrderPlaced] });
    expect(app.receiver!.scaler!.minReplicas).toBe(1);
    const off = { cleanup: { enabled: false }, import: { enabled: false } };
    const { app: idle } = withJobs({ jobs: off }, { subscribes: [OrderPlaced] });
    expect(idle.receiver!.scaler!.minReplicas).toBe(0);
  });

  it('is not scaled to zero', () => {
    const problem =
      "minReplicas (0) would leave the jobs or projections of 'pricing' without a pod, and nothing starts one for them: use 1 or more, or switch its jobs off [EP4007]";
    expect(() => withJobs({ scaling: { minReplicas: 0 } }, { subscribes: [OrderPlaced] })).toThrow(
      problem,
    );
    const { test, app } = withJobs({ scaling: false }, { subscribes: [OrderPlaced] });
    expect(
      () =>
        new KedaLagScaler(test.platform, 'scaler', {
          ...{ target: app, broker: test.pubSub.broker, consumerGroup: 'pricing', minReplicas: 0 },
          ...{ topics: [test.pubSub.topicOf(OrderPlaced)], fallbackReplicas: 1 },
        }),
    ).toThrow(problem);
  });

  it('may be a producer', () => {
    const { platform, pubSub, database } = new TestPlatform();
    const app = new EventProducer(platform, 'shop', {
      manifest: defineApp({ ...base, publishes: [OrderPlaced], jobs }),
      ...{ pubSub, database, jobs: { cleanup: { schedule: '@daily' } } },
    });
    expect(app.jobs.cleanup!.schedule).toBe('@daily');
  });
});
