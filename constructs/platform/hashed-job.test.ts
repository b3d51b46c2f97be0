import { App, JsonPatch, Lazy } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Environment, EventPlatform, renderPlatform } from './index.ts';
import { HashedJob } from './hashed-job.ts';
import type { AnyManifest } from '../testing/fixtures.ts';

function spec(command: readonly string[]): k8s.JobSpec {
  return {
    template: {
      spec: { restartPolicy: 'Never', containers: [{ name: 'job', command: [...command] }] },
    },
  };
}

function render(
  jobSpec: k8s.JobSpec,
  patch?: JsonPatch,
  labels: Record<string, string> = {},
): AnyManifest {
  const platform = new EventPlatform(new App(), 'test', { environment: Environment.local() });
  const job = new HashedJob(platform, 'job', { metadata: { name: 'job', labels }, spec: jobSpec });
  if (patch !== undefined) {
    job.addJsonPatch(patch);
  }
  return renderPlatform(platform)
    .flatMap(({ objects }) => objects as AnyManifest[])
    .find(({ kind }) => kind === 'Job')!;
}

const commands = fc.array(fc.string({ maxLength: 20 }), { minLength: 1, maxLength: 3 });

it('has the same name for the same specification', () => {
  fc.assert(
    fc.property(commands, (command) => {
      const { name } = render(spec(command)).metadata;
      expect(name).toMatch(/^job-[0-9a-f]{10}$/);
      expect(render(spec(command)).metadata.name).toBe(name);
    }),
    { numRuns: 20 },
  );
});

it('has another name for another specification', () => {
  fc.assert(
    fc.property(commands, commands, (a, b) => {
      fc.pre(JSON.stringify(a) !== JSON.stringify(b));
      expect(render(spec(a)).metadata.name).not.toBe(render(spec(b)).metadata.name);
    }),
    { numRuns: 20 },
  );
});

it('is named by what is known only when everything is declared', () => {
  const lazily = (value: string) =>
    render({
      ...spec([]),
      backoffLimit: Lazy.any({ produce: () => value.length }) as number,
    });
  expect(lazily('abc').metadata.name).toBe(render({ ...spec([]), backoffLimit: 3 }).metadata.name);
  expect(lazily('abc').metadata.name).not.toBe(lazily('ab').metadata.name);
});

it('is another Job when a patch changes what it runs', () => {
  const patched = render(spec(['a']), JsonPatch.add('/spec/ttlSecondsAfterFinished', 60));
  expect(patched.spec.ttlSecondsAfterFinished).toBe(60);
  expect(patched.metadata.name).not.toBe(render(spec(['a'])).metadata.name);
});

it('stays the same Job when only its labels change', () => {
  const labelled = render(spec(['a']), undefined, { team: 'orders' });
  expect(labelled.metadata).toMatchObject({ labels: { team: 'orders' } });
  expect(labelled.metadata.name).toBe(render(spec(['a'])).metadata.name);
});
