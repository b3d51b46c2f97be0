import { DEAD_LETTER_PROCESSOR } from '@cdk8s-event-platform/contracts/interface';
import { expect, it } from 'vitest';
import { Environment, renderPlatform } from '../constructs/index.ts';
import { EXAMPLE_MAIL } from './tasks/example-mail.ts';
import { TASK_PLATFORM_IMAGES, taskPlatform } from './tasks/task-platform.ts';

/** Each rendered object as text, by kind and name. */
function rendered(tag: string): Map<string, string> {
  const environment = Environment.production({
    images: { registry: 'registry.example.com', tag },
    postgres: { host: 'postgres.example.com' },
  });
  return new Map(
    renderPlatform(taskPlatform(environment, { notifications: EXAMPLE_MAIL }))
      .flatMap(({ objects }) => objects)
      .map((object) => [`${object.kind}/${object.metadata.name}`, JSON.stringify(object)]),
  );
}

it('a new tag of the apps replaces their pods, and none of the platform itself', () => {
  const [before, after] = [rendered('0.1.0'), rendered('0.2.0')];
  const changed = [...before.keys()].filter((name) => before.get(name) !== after.get(name));
  expect([...after.keys()]).toEqual([...before.keys()]);
  const apps = Object.keys(TASK_PLATFORM_IMAGES).filter(
    (app) => app !== DEAD_LETTER_PROCESSOR.appId,
  );
  expect(changed.sort()).toEqual(apps.map((app) => `Deployment/${app}`).sort());
});
