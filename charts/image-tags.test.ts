import { expect, it } from 'vitest';
import {
  Environment,
  type EventPlatform,
  RedisCache,
  renderPlatform,
} from '../constructs/index.ts';
import { orderPlatform } from './orders/order-platform.ts';
import { SYSTEMS } from './systems.ts';
import { EXAMPLE_MAIL } from './tasks/example-mail.ts';
import { taskPlatform } from './tasks/task-platform.ts';
import { todoPlatform } from './todo/todo-platform.ts';
import { trafficPlatform } from './traffic/traffic-platform.ts';

const cache = (platform: EventPlatform) =>
  RedisCache.external(platform, 'cache', { host: 'cache.example.com' });

/** Each system as production would declare it. */
const DECLARATIONS: Readonly<Record<string, (environment: Environment) => EventPlatform>> = {
  tasks: (environment) => taskPlatform(environment, { notifications: EXAMPLE_MAIL }),
  todo: (environment) => todoPlatform(environment, { notifications: EXAMPLE_MAIL, cache }),
  traffic: (environment) => trafficPlatform(environment, { cache }),
  orders: (environment) => orderPlatform(environment, { mails: EXAMPLE_MAIL }),
};

/** Each rendered object as text, by kind and name. */
function rendered(system: string, tag: string): Map<string, string> {
  const environment = Environment.production({
    images: { registry: 'registry.example.com', tag },
    postgres: { host: 'postgres.example.com' },
  });
  return new Map(
    renderPlatform(DECLARATIONS[system]!(environment))
      .flatMap(({ objects }) => objects)
      .map((object) => [`${object.kind}/${object.metadata.name}`, JSON.stringify(object)]),
  );
}

it.each(Object.entries(SYSTEMS))(
  'a new tag of the apps of %s replaces their pods, and none of the platform itself',
  (system, { images }) => {
    const [before, after] = [rendered(system, '0.1.0'), rendered(system, '0.2.0')];
    const changed = [...before.keys()].filter((name) => before.get(name) !== after.get(name));
    expect([...after.keys()]).toEqual([...before.keys()]);
    // Images of the platform are in no folder of a system.
    const apps = Object.keys(images).filter((image) => images[image]!.startsWith(`${system}/`));
    expect(changed.sort()).toEqual(apps.map((app) => `Deployment/${app}`).sort());
  },
);
