import { Agent, request } from 'node:https';
import type { KubernetesObject } from '../../scripts/manifests.ts';

/** Answer of the API server. */
export interface ApiAnswer {
  readonly status: number;
  /** Texts of `Warning` headers. */
  readonly warnings: readonly string[];
  readonly body: Record<string, unknown> & { readonly message?: string };
}

/** The fields that identify an object. */
export type Identity = Pick<KubernetesObject, 'apiVersion' | 'kind' | 'metadata'>;

/** Kind and name, for messages. */
export function label({ kind, metadata }: Identity): string {
  return `${kind}/${metadata.name}`;
}

interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

const FIELD_MANAGER = 'cdk8s-event-platform';

/** The body of an answer. @throws Error when the server has refused. */
export function accepted({ status, body }: ApiAnswer): ApiAnswer['body'] {
  if (status >= 300) {
    throw new Error(`the API server answers ${status}: ${body.message ?? ''}`);
  }
  return body;
}

/**
 * Sends requests to an API server as they are. The client of Kubernetes (`@kubernetes/client-node`) would
 * leave out fields that it does not know, which the server is to judge, and renames some, such as `from`.
 */
export class ApiClient {
  readonly #agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
  readonly #resources = new Map<string, readonly ApiResource[]>();

  /** @param host of the server. @default '127.0.0.1' */
  public constructor(
    private readonly port: number,
    private readonly token: string,
    private readonly host = '127.0.0.1',
  ) {}

  /** Whether the server takes requests. */
  public async ready(): Promise<boolean> {
    try {
      return (await this.call('GET', '/readyz')).status === 200;
    } catch {
      return false;
    }
  }

  /** Sends one request, with an object as JSON or with text. */
  public call(
    method: string,
    path: string,
    body?: object | string,
    contentType = 'application/json',
  ): Promise<ApiAnswer> {
    return new Promise((resolve, reject) => {
      const call = request(
        {
          host: this.host,
          port: this.port,
          method,
          path,
          agent: this.#agent,
          headers: {
            authorization: `Bearer ${this.token}`,
            accept: 'application/json',
            ...(body !== undefined && { 'content-type': contentType }),
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            const warning = response.headers.warning;
            resolve({
              status: response.statusCode ?? 0,
              warnings: warning === undefined ? [] : [warning].flat(),
              body: text.startsWith('{')
                ? (JSON.parse(text) as ApiAnswer['body'])
                : { message: text },
            });
          });
        },
      );
      call.on('error', reject);
      call.end(typeof body === 'object' ? JSON.stringify(body) : body);
    });
  }

  /**
   * Server-side apply with strict field validation.
   *
   * @param force takes over fields of other managers. @default false: the server refuses
   */
  public async apply(object: Identity, force = false): Promise<ApiAnswer> {
    const path = await this.pathOf(object);
    return this.call(
      'PATCH',
      `${path}/${object.metadata.name}?fieldManager=${FIELD_MANAGER}&fieldValidation=Strict&force=${force}`,
      object,
      'application/apply-patch+yaml',
    );
  }

  /** Server-side apply of the text of a file, as a dry run. */
  public tryFile(object: Identity, yaml: string): Promise<ApiAnswer> {
    return this.#applyFile(object, yaml, 'dryRun=All');
  }

  /** Server-side apply of the text of a file. */
  public keepFile(object: Identity, yaml: string): Promise<ApiAnswer> {
    return this.#applyFile(object, yaml, 'force=true');
  }

  async #applyFile(object: Identity, yaml: string, option: string): Promise<ApiAnswer> {
    const path = await this.pathOf(object);
    return this.call(
      'PATCH',
      `${path}/${object.metadata.name}?fieldManager=${FIELD_MANAGER}&fieldValidation=Strict&${option}`,
      yaml,
      'application/apply-patch+yaml',
    );
  }

  /** An object on the server; undefined when it does not exist. */
  public async read(object: Identity): Promise<ApiAnswer['body'] | undefined> {
    const answer = await this.call('GET', `${await this.pathOf(object)}/${object.metadata.name}`);
    return answer.status === 404 ? undefined : accepted(answer);
  }

  /** Path of the collection that an object belongs to. @throws Error for an unknown kind. */
  public async pathOf({ apiVersion, kind, metadata }: Identity): Promise<string> {
    const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    let resources = this.#resources.get(base);
    if (resources === undefined) {
      const { body } = await this.call('GET', base);
      resources = (body.resources ?? []) as ApiResource[];
      this.#resources.set(base, resources);
    }
    const resource = resources.find(
      (candidate) => candidate.kind === kind && !candidate.name.includes('/'),
    );
    if (resource === undefined) {
      throw new Error(`the API server has no ${apiVersion} ${kind}`);
    }
    return resource.namespaced
      ? `${base}/namespaces/${metadata.namespace ?? 'default'}/${resource.name}`
      : `${base}/${resource.name}`;
  }

  /** Closes the connections. */
  public close(): void {
    this.#agent.destroy();
  }
}
