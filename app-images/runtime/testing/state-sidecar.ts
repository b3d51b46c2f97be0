import type { MemoryState } from './memory-state.ts';
import { type SetProblem, type SetRequest, writeOf } from './state-write.ts';

/** A request about state, as the sidecar gets it. */
export interface SidecarStateRequest {
  readonly method: string;
  /** With the query, e.g. `/v1.0/state/task-cache/t1?consistency=strong`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** What the sidecar answers. */
export interface SidecarStateAnswer {
  readonly status: number;
  /** JSON text; '' for none. */
  readonly body: string;
  /** Version of the value. @default - none */
  readonly etag?: string;
}

/** A state component. */
export interface StateComponent {
  readonly values: MemoryState;
  /** What stands before keys. */
  readonly prefix: string;
  /** Seconds for which values are kept that name no time. @default - for ever */
  readonly ttl?: number | undefined;
  /** Why the store cannot be reached. @default - it can */
  readonly down?: string | undefined;
}

/** What the sidecar of one app knows. */
export interface StateSidecarOptions {
  readonly appId: string;
  /** Components in the scope of the app, by their names. */
  readonly components: ReadonlyMap<string, StateComponent>;
}

const ROUTE = /^\/v1\.0\/state\/([^/?]+)(?:\/([^/?]+))?(?:\?(.*))?$/s;
const SCRIPTS = {
  set: 'd908b9553add63a82e03589b5c6d01a7654ef0f2, on @user_script:14.',
  delete: '2446db0de2c963f100727b388f03ead01d18c265, on @user_script:6.',
};
const MISMATCH = 'possible etag mismatch. error from state store: ';

/** A request is answered with an error. */
class StateRefusal extends Error {
  public constructor(
    public readonly status: number,
    public readonly errorCode: string,
    message: string,
    public readonly details?: readonly object[],
  ) {
    super(message);
  }

  public get answer(): SidecarStateAnswer {
    const { status, errorCode, message, details } = this;
    return { status, body: JSON.stringify({ errorCode, message, ...(details && { details }) }) };
  }
}

function errorInfo(reason: string, metadata: object | null): object {
  return {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    ...{ domain: 'dapr.io', metadata, reason },
  };
}

/** The component that a request names. @throws StateRefusal */
function componentOf({ appId, components }: StateSidecarOptions, name: string): StateComponent {
  if (components.size === 0) {
    throw new StateRefusal(
      500,
      'ERR_STATE_STORE_NOT_CONFIGURED',
      `state store ${name} is not configured`,
      [errorInfo('DAPR_STATE_NOT_CONFIGURED', { appID: appId })],
    );
  }
  const component = components.get(name);
  if (component === undefined) {
    throw new StateRefusal(400, 'ERR_STATE_STORE_NOT_FOUND', `state store ${name} is not found`, [
      errorInfo('DAPR_STATE_NOT_FOUND', { appID: appId }),
    ]);
  }
  return component;
}

/** A key as it is kept. @throws StateRefusal */
function placeOf(store: string, { prefix }: StateComponent, key: string): string {
  if (key.includes('||')) {
    const description = `api error: code = InvalidArgument desc = input key/keyPrefix '${key}' can't contain '||'`;
    throw new StateRefusal(400, 'ERR_MALFORMED_REQUEST', description, [
      {
        '@type': 'type.googleapis.com/google.rpc.BadRequest',
        field_violations: [{ field: key, description }],
      },
      {
        '@type': 'type.googleapis.com/google.rpc.ResourceInfo',
        ...{ description: '', owner: '', resource_name: store, resource_type: 'state' },
      },
      errorInfo('DAPR_STATE_ILLEGAL_KEY', null),
    ]);
  }
  return prefix === '' ? key : `${prefix}||${key}`;
}

/** JSON of a body. @throws StateRefusal */
function parsed(body: string, prefix = ''): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch (error) {
    const reason = body.trim().length <= 1 ? 'unexpected EOF' : (error as Error).message;
    throw new StateRefusal(400, 'ERR_MALFORMED_REQUEST', `${prefix}${reason}`);
  }
}

function write(component: StateComponent, entry: SetRequest, key: string): SetProblem | undefined {
  const wanted = writeOf(entry, key, component.ttl);
  if ('kind' in wanted) {
    return wanted;
  }
  const failure =
    component.down ??
    (component.values.set(wanted)
      ? undefined
      : `ERR user_script:14: failed to set key ${key} script: ${SCRIPTS.set}`);
  if (failure === undefined) {
    return undefined;
  }
  return (entry.etag ?? '') === ''
    ? { kind: 'other', message: `failed to set key ${key}: ${failure}` }
    : { kind: 'mismatch', message: MISMATCH + failure };
}

/** @throws StateRefusal */
function save(store: string, component: StateComponent, body: string): SidecarStateAnswer {
  const entries = parsed(body) as readonly SetRequest[];
  const keys = entries.map(({ key = '' }) => {
    if (key === '') {
      throw new StateRefusal(400, 'ERR_MALFORMED_REQUEST', '"key" is a required field');
    }
    return placeOf(store, component, key);
  });
  const problems = entries.flatMap((entry, index) => write(component, entry, keys[index]!) ?? []);
  const [first] = problems;
  if (first === undefined) {
    return { status: 204, body: '' };
  }
  // Of several entries, Dapr wraps what it says of a version once more.
  const wrapped = { mismatch: MISMATCH, invalid: 'invalid etag value: ', other: '' }[first.kind];
  const again = entries.length > 1 ? wrapped : '';
  throw new StateRefusal(
    { mismatch: 409, invalid: 400, other: 500 }[first.kind],
    'ERR_STATE_SAVE',
    `failed saving state in state store ${store}: ${again}${first.message}`,
  );
}

/** @throws StateRefusal */
function getMany(store: string, component: StateComponent, body: string): SidecarStateAnswer {
  const { keys = [] } = parsed(body, 'failed deserializing HTTP body: ') as {
    readonly keys?: readonly string[];
  };
  const places = keys.map((key) => placeOf(store, component, key));
  const { down, values } = component;
  const found = keys.map((key, index) => {
    const entry = down === undefined ? values.get(places[index]!) : undefined;
    return {
      key,
      ...(entry && { data: JSON.parse(entry.data) as unknown, etag: entry.etag }),
      ...(down !== undefined && { error: down }),
    };
  });
  return { status: 200, body: JSON.stringify(found) };
}

/** Answers a request about state as daprd does. @returns undefined when it is about something else. */
export function answerState(
  request: SidecarStateRequest,
  options: StateSidecarOptions,
): SidecarStateAnswer | undefined {
  const [, store, part] = ROUTE.exec(request.path) ?? [];
  const writes = request.method === 'POST' || request.method === 'PUT';
  const isRoute = writes
    ? part === undefined || part === 'bulk'
    : part !== undefined && ['GET', 'DELETE'].includes(request.method);
  if (store === undefined || !isRoute) {
    return undefined;
  }
  try {
    const component = componentOf(options, store);
    if (writes) {
      return part === undefined
        ? save(store, component, request.body)
        : getMany(store, component, request.body);
    }
    const key = decodeURIComponent(part!);
    return request.method === 'GET'
      ? getOne(store, component, key)
      : remove(store, component, key, request.headers['if-match']);
  } catch (error) {
    if (error instanceof StateRefusal) {
      return error.answer;
    }
    throw error;
  }
}

/** @throws StateRefusal */
function getOne(store: string, component: StateComponent, key: string): SidecarStateAnswer {
  const place = placeOf(store, component, key);
  if (component.down !== undefined) {
    throw new StateRefusal(
      500,
      'ERR_STATE_GET',
      `fail to get ${key} from state store ${store}: ${component.down}`,
    );
  }
  const entry = component.values.get(place);
  return entry === undefined
    ? { status: 204, body: '' }
    : { status: 200, body: entry.data, etag: entry.etag };
}

/** @throws StateRefusal */
function remove(
  store: string,
  component: StateComponent,
  key: string,
  etag: string | undefined,
): SidecarStateAnswer {
  const place = placeOf(store, component, key);
  const failure =
    component.down ??
    (component.values.delete(place, etag === '' ? undefined : etag)
      ? undefined
      : `ERR user_script:6: failed to delete ${place} script: ${SCRIPTS.delete}`);
  if (failure !== undefined) {
    throw new StateRefusal(
      409,
      'ERR_STATE_DELETE',
      `failed deleting state with key ${key}: ${MISMATCH}${failure}`,
    );
  }
  return { status: 204, body: '' };
}
