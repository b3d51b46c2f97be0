import { callingPlatform } from '../rules/calling-platform.ts';
import { awsEnvironment } from '../../charts/aws-environment.ts';
import { EXAMPLE_MAIL } from '../../charts/tasks/example-mail.ts';
import { PLATFORMS } from '../../charts/systems.ts';
import { taskPlatform } from '../../charts/tasks/task-platform.ts';
import { Environment, type EventPlatform, renderPlatform } from '../../constructs/index.ts';
import type { KubernetesObject } from '../../scripts/manifests.ts';
import { BROKERS } from '../../testkit/brokers/index.ts';
import { EXCHANGED_BROKERS } from '../rules/rule-sets.ts';
import { inProduction } from '../../constructs/testing/fixtures.ts';

type Settings = Pick<NonNullable<Parameters<typeof taskPlatform>[1]>, 'notifications'>;

const ENVIRONMENTS: Readonly<
  Record<string, { readonly make: () => Environment; readonly settings?: Settings }>
> = {
  local: { make: () => Environment.local() },
  production: {
    make: () => inProduction({ postgres: { host: 'postgres.example.com' } }),
    settings: { notifications: EXAMPLE_MAIL },
  },
  'aws-msk': { make: () => awsEnvironment(), settings: { notifications: EXAMPLE_MAIL } },
};

/** The brokers that runs start, and those that others run. */
const DECLARATIONS = {
  ...Object.fromEntries(Object.entries(BROKERS).map(([name, { declare }]) => [name, declare])),
  strimzi: EXCHANGED_BROKERS.strimzi,
  'external-kafka': EXCHANGED_BROKERS['external-kafka'],
};

function render(platform: EventPlatform): readonly KubernetesObject[] {
  return renderPlatform(platform).flatMap(
    ({ objects }) => objects as unknown as KubernetesObject[],
  );
}

/** The objects of a platform, and its environment and broker in its name. */
export interface NamedPlatform {
  readonly name: string;
  readonly declare: () => EventPlatform;
  readonly render: () => readonly KubernetesObject[];
}

function named(name: string, declare: () => EventPlatform): NamedPlatform {
  return { name, declare, render: () => render(declare()) };
}

/** The task platform as `dist/` has it, and in each environment with each broker; and one whose apps call each other. */
export function platforms(): NamedPlatform[] {
  return [
    ...PLATFORMS.map(({ folder, declare }) => named(folder, declare)),
    named('calls', callingPlatform),
    ...Object.entries(ENVIRONMENTS).flatMap(([environment, { make, settings }]) =>
      Object.entries(DECLARATIONS).map(([broker, declare]) =>
        named(`${environment}-${broker}`, () =>
          taskPlatform(make(), { broker: declare, ...settings }),
        ),
      ),
    ),
  ];
}
