import type { RenderedManifest } from './rendered.ts';

/** `accessControl` of a Configuration. */
interface AccessControl {
  readonly defaultAction?: string;
  readonly policies?: readonly {
    readonly appId: string;
    readonly namespace?: string;
    readonly defaultAction?: string;
    readonly operations?: readonly {
      readonly name: string;
      readonly httpVerb?: readonly string[];
      readonly action: string;
    }[];
  }[];
}

/** A call, as the sidecar of the app that is called sees it. */
export interface CallerAccess {
  readonly appId: string;
  readonly method: string;
  /** Without a slash at its beginning. */
  readonly path: string;
}

/** Whether a path is the one before the wildcard, or below it: `/*` is one segment, `/**` is everything. */
function matches(name: string, path: string): boolean {
  const [wanted, found] = [name.toLowerCase(), `/${path.toLowerCase()}`];
  const prefix = wanted.replace(/\/\*\*?$/, '');
  const rest = found.slice(prefix.length);
  if (!found.startsWith(prefix) || (rest !== '' && !rest.startsWith('/'))) {
    return false;
  }
  return wanted.endsWith('/**') || !rest.slice(1).includes('/');
}

/** Who may call what of an app, as the Configuration of its sidecar says. */
export class AccessRules {
  readonly #control: AccessControl;

  /** @throws Error when a path is another than the platform renders. */
  public constructor(objects: readonly RenderedManifest[], configuration: string | undefined) {
    const found = objects.find(
      ({ kind, metadata }) => kind === 'Configuration' && metadata.name === configuration,
    );
    const { accessControl = {} } = (found?.spec ?? {}) as { accessControl?: AccessControl };
    this.#control = accessControl;
    for (const { name } of (accessControl.policies ?? []).flatMap(
      ({ operations = [] }) => operations,
    )) {
      if (!/^(?:\/[^/*]+)+\/\*\*?$/.test(name)) {
        throw new Error(
          `path '${name}' in the access control of Configuration '${configuration ?? ''}' is not supported: end it with /* or /**`,
        );
      }
    }
  }

  /** Whether an app may make a call. */
  public allows({ appId, method, path }: CallerAccess): boolean {
    const { defaultAction = 'allow', policies = [] } = this.#control;
    const policy = policies.find((each) => each.appId === appId);
    if (policy === undefined) {
      return policies.length > 0 && this.#control.defaultAction === undefined
        ? false
        : defaultAction === 'allow';
    }
    const verb = (policy.operations ?? [])
      .filter(({ name }) => matches(name, path))
      .find(({ httpVerb = [] }) => httpVerb.includes(method) || httpVerb.includes('*'));
    return (verb?.action ?? policy.defaultAction ?? defaultAction) === 'allow';
  }
}
