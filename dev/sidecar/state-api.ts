import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  answerState,
  MemoryState,
  type StateComponent,
} from '@cdk8s-event-platform/runtime/testing/internal';
import { readBody } from './answers.ts';
import type { AppResources } from './app-resources.ts';
import type { ComponentManifest } from './rendered.ts';

/** The state of a platform, in memory: what its sidecars share. */
export class LocalState {
  readonly #stores = new Map<string, MemoryState>();

  /** @param now milliseconds since 1970. @default - those of the system */
  public constructor(private readonly now: () => number = Date.now) {}

  /** Values of a component. */
  public of(name: string): MemoryState {
    const values = this.#stores.get(name) ?? new MemoryState(this.now);
    this.#stores.set(name, values);
    return values;
  }

  /** Forgets everything, as servers do that restart. */
  public clear(): void {
    this.#stores.forEach((values) => values.clear());
  }
}

/** What the state API of a sidecar needs. */
export interface StateApiOptions {
  readonly resources: AppResources;
  readonly state: LocalState;
  /** Whether stores cannot be reached now. */
  readonly isDown: () => boolean;
}

const PATH = '/v1.0/state/';

/** What Dapr puts before keys. */
function prefixOf({ metadata, spec }: ComponentManifest, appId: string): string {
  const strategy = spec.metadata.find(({ name }) => name === 'keyPrefix')?.value ?? 'appid';
  switch (strategy) {
    case 'name':
      return metadata.name;
    case 'none':
      return '';
    default:
      return strategy === 'appid' || strategy === 'namespace' ? appId : strategy;
  }
}

/** The state API of one sidecar, as daprd with Redis answers it. */
export class StateApi {
  public constructor(private readonly options: StateApiOptions) {}

  /** Answers a request about state. @returns whether it is one. */
  public async answer(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const { url = '', method = '' } = request;
    if (!url.startsWith(PATH)) {
      return false;
    }
    const { resources } = this.options;
    const body = await readBody(request, resources.maxBodyBytes);
    if (body === undefined) {
      response.writeHead(413).end();
      return true;
    }
    const headers = { 'if-match': request.headers['if-match'] };
    const { appId } = resources;
    const answered = answerState(
      { method, path: url, headers, body: body.toString() },
      { appId, components: this.#components() },
    );
    if (answered === undefined) {
      return false;
    }
    const { status, body: text, etag } = answered;
    response
      .writeHead(status, {
        ...(text !== '' && { 'content-type': 'application/json' }),
        ...(etag !== undefined && { etag }),
      })
      .end(text);
    return true;
  }

  #components(): ReadonlyMap<string, StateComponent> {
    const { resources, state, isDown } = this.options;
    const stores = resources.components.filter(({ spec }) => spec.type.startsWith('state.'));
    return new Map(
      stores.map((component): [string, StateComponent] => {
        const { name } = component.metadata;
        const ttl = component.spec.metadata.find((entry) => entry.name === 'ttlInSeconds')?.value;
        return [
          name,
          {
            values: state.of(name),
            prefix: prefixOf(component, resources.appId),
            ttl: ttl === undefined ? undefined : Number(ttl),
            ...(isDown() && { down: 'dial tcp: connect: connection refused' }),
          },
        ];
      }),
    );
  }
}
