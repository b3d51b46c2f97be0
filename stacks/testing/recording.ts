import * as pulumi from '@pulumi/pulumi';
import type { MockMonitor } from '@pulumi/pulumi/runtime/mocks.js';

/** What marks a value as secret on its way to the engine. */
const SIGNATURE = '4dabf18193072939515e22adb298388d';
const SECRET = '1b47061264138c4ac30d75fd1eb44270';

/** A resource that a program has registered. */
export interface RecordedResource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  /** Inputs, with secrets in the clear. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Paths of the inputs that are secret, e.g. `stringData.password`. */
  readonly secrets: readonly string[];
  /** URNs of what has to be there first. */
  readonly dependencies: readonly string[];
  /** URN of the parent; empty for the stack's own. */
  readonly parent: string;
  readonly protect: boolean;
  /** Inputs whose changes the engine leaves alone. */
  readonly ignoreChanges: readonly string[];
  /** URN and id of the provider, `<urn>::<id>`; empty for the default one, and for components. */
  readonly provider: string;
  /** Whether it is a resource of a provider, not a component. */
  readonly custom: boolean;
}

/** A function of a provider that a program has called. */
export interface RecordedCall {
  /** E.g. `aws:index/getCallerIdentity:getCallerIdentity`. */
  readonly token: string;
  /** URN and id of the provider, `<urn>::<id>`; empty for the default one. */
  readonly provider: string;
}

/** What a program did. */
export interface Recording<T> {
  readonly resources: readonly RecordedResource[];
  /** Functions of providers that were called. */
  readonly calls: readonly RecordedCall[];
  /** What the program gave back. */
  readonly result: T;
  /** The resources of a type, e.g. `aws:rds/instance:Instance`. */
  readonly ofType: (type: string) => readonly RecordedResource[];
  /** The one resource of a type, and of a name where there are several. @throws Error when there is none, or more. */
  readonly only: (type: string, name?: string) => RecordedResource;
}

/** Settings of {@link record}. */
export interface RecordOptions {
  /** Configuration by key, that of the program without the project. @default - none */
  readonly config?: Readonly<Record<string, string>>;
  /** @default 'test' */
  readonly stack?: string;
  /** What a provider would add to the inputs of a resource, by its type. @default - nothing */
  readonly outputs?: (resource: {
    readonly type: string;
    readonly name: string;
    readonly inputs: Readonly<Record<string, unknown>>;
  }) => Record<string, unknown>;
  /** What a provider's function answers. @default - its inputs */
  readonly call?: (token: string, inputs: Record<string, unknown>) => Record<string, unknown>;
}

const PROJECT = 'cdk8s-event-platform';

/** Takes the marks of secrets off, and remembers where they were. */
function reveal(value: unknown, path: string, secrets: string[]): unknown {
  if (Array.isArray(value)) {
    return value.map((item, index) => reveal(item, `${path}[${index}]`, secrets));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const object = value as Record<string, unknown>;
  if (object[SIGNATURE] === SECRET) {
    secrets.push(path);
    return reveal(object.value, path, []);
  }
  return Object.fromEntries(
    Object.entries(object).map(([key, item]) => [
      key,
      reveal(item, path === '' ? key : `${path}.${key}`, secrets),
    ]),
  );
}

/** A request of the SDK, as far as it is read. */
interface RegisterRequest {
  getType(): string;
  getName(): string;
  getParent(): string;
  getCustom(): boolean;
  getProtect(): boolean;
  getProvider(): string;
  getIgnorechangesList(): string[];
  getDependenciesList(): string[];
  getObject(): { toJavaScript(): Record<string, unknown> } | undefined;
}

type Register = MockMonitor['registerResource'];

/** Records what a monitor is asked to register. */
function recordedBy(monitor: MockMonitor): RecordedResource[] {
  const recorded: RecordedResource[] = [];
  const register: Register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request: RegisterRequest, callback) => {
    const secrets: string[] = [];
    const inputs = reveal(request.getObject()?.toJavaScript() ?? {}, '', secrets);
    return register(request, (error, response: { getUrn(): string } | undefined) => {
      if (response !== undefined) {
        recorded.push({
          type: request.getType(),
          name: request.getName(),
          urn: response.getUrn(),
          inputs: inputs as Record<string, unknown>,
          secrets,
          dependencies: request.getDependenciesList(),
          parent: request.getParent(),
          protect: request.getProtect(),
          ignoreChanges: request.getIgnorechangesList(),
          provider: request.getProvider(),
          custom: request.getCustom(),
        });
      }
      callback(error, response);
    });
  };
  return recorded;
}

/** @throws Error for resources of one URN, which the engine refuses and mocks do not. */
function requireOwnUrns(resources: readonly RecordedResource[]): void {
  const urns = resources.map(({ urn }) => urn);
  const twice = urns.filter((urn, index) => urns.indexOf(urn) !== index);
  if (twice.length > 0) {
    throw new Error(`registered twice: ${[...new Set(twice)].join(', ')}`);
  }
}

/**
 * Runs a program with mocks in place of the engine and of all providers, and records what it
 * registers. No cloud account takes part: it shows what is asked for, not what AWS makes of it.
 *
 * @throws Error for resources of one URN.
 */
export async function record<T>(
  program: () => T | Promise<T>,
  options: RecordOptions = {},
): Promise<Recording<Awaited<T>>> {
  pulumi.runtime.setAllConfig(
    Object.fromEntries(
      Object.entries(options.config ?? {}).map(([key, value]) => [
        key.includes(':') ? key : `${PROJECT}:${key}`,
        value,
      ]),
    ),
  );
  const calls: RecordedCall[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, id }) => {
        const given = inputs as Record<string, unknown>;
        const plain = reveal(given, '', []) as Record<string, unknown>;
        return {
          id: id === undefined || id === '' ? `${name}-id` : id,
          state: { ...given, ...options.outputs?.({ type, name, inputs: plain }) },
        };
      },
      call: ({ token, inputs, provider }) => {
        calls.push({ token, provider: provider ?? '' });
        const given = inputs as Record<string, unknown>;
        return options.call?.(token, given) ?? given;
      },
    },
    PROJECT,
    options.stack ?? 'test',
  );
  const recorded = recordedBy(pulumi.runtime.getMonitor() as unknown as MockMonitor);
  const outstanding = () => pulumi.runtime.disconnect();
  const result = await Promise.resolve().then(program).finally(outstanding);
  const resources = [...recorded].sort((a, b) => (a.urn < b.urn ? -1 : 1));
  requireOwnUrns(resources);
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);
  return {
    resources,
    calls,
    result,
    ofType,
    only: (type, name) => {
      const found = ofType(type).filter((resource) => name === undefined || resource.name === name);
      if (found.length !== 1) {
        const names = ofType(type).map((resource) => resource.name);
        throw new Error(
          `${found.length} resources of type ${type}${name === undefined ? '' : ` named ${name}`}: there are ${names.join(', ') || 'none of this type'}`,
        );
      }
      return found[0]!;
    },
  };
}
