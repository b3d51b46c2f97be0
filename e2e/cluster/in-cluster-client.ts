import { CLIENT_IMAGE } from '../../testkit/kubernetes/images.ts';
import type { Kubectl } from '../../testkit/kubernetes/kubectl.ts';
import type {
  Connection,
  Page,
  TaskOrder,
  TaskReceipt,
} from '../../testkit/kubernetes/programs/client.ts';

const NAME = 'client';

/** A pod of the tests in a namespace, and what is asked of it through the API server. */
export class InClusterClient {
  /** Starts a pod, in a namespace that is made if it is not there. */
  public static async start(kubectl: Kubectl, namespace: string): Promise<InClusterClient> {
    await kubectl.install([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: NAME, namespace },
        spec: {
          automountServiceAccountToken: false,
          containers: [
            {
              name: NAME,
              image: CLIENT_IMAGE,
              command: ['node', '/opt/e2e/client.mjs'],
              readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 },
            },
          ],
        },
      },
    ]);
    await kubectl.api.allReady(namespace, 60);
    return new InClusterClient(kubectl, namespace);
  }

  private constructor(
    private readonly kubectl: Kubectl,
    private readonly namespace: string,
  ) {}

  /** Posts tasks; what is confirmed has been accepted. */
  public async post(order: TaskOrder): Promise<TaskReceipt> {
    const answer = await this.kubectl.run(['create', '--raw', this.#path('tasks'), '-f', '-'], {
      input: JSON.stringify(order),
    });
    return JSON.parse(answer) as TaskReceipt;
  }

  /** Reads a page. */
  public async page(url: string): Promise<Page> {
    const path = this.#path(`page?url=${encodeURIComponent(url)}`);
    return JSON.parse(await this.kubectl.run(['get', '--raw', path])) as Page;
  }

  /** Tries to connect to a port. */
  public async connect(host: string, port: number): Promise<Connection> {
    const path = this.#path(`connect?host=${host}&port=${port}`);
    return JSON.parse(await this.kubectl.run(['get', '--raw', path])) as Connection;
  }

  #path(path: string): string {
    return `/api/v1/namespaces/${this.namespace}/pods/${NAME}:8080/proxy/${path}`;
  }
}
