import { dump, load } from 'js-yaml';

/** How to get to an API server. */
export interface Access {
  /** @default '127.0.0.1' */
  readonly host?: string;
  readonly port: number;
  readonly token: string;
}

/** A kubeconfig, as far as it is read here. */
interface Kubeconfig {
  readonly 'current-context'?: string;
  readonly contexts?: readonly {
    readonly name: string;
    readonly context: { readonly cluster: string; readonly user: string };
  }[];
  readonly clusters?: readonly { readonly name: string; readonly cluster: { server: string } }[];
  readonly users?: readonly { readonly name: string; readonly user: { token?: string } }[];
}

const NAME = 'e2e';

/** The text of a kubeconfig with one cluster. Its certificate was made for this run. */
export function writeKubeconfig({ host = '127.0.0.1', port, token }: Access): string {
  return dump({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': NAME,
    contexts: [{ name: NAME, context: { cluster: NAME, user: NAME } }],
    clusters: [
      {
        name: NAME,
        cluster: { server: `https://${host}:${port}`, 'insecure-skip-tls-verify': true },
      },
    ],
    users: [{ name: NAME, user: { token } }],
  });
}

function named<T extends { readonly name: string }>(
  list: readonly T[] | undefined,
  what: string,
  name: string | undefined,
): T {
  const found = list?.find((item) => item.name === name);
  if (found === undefined) {
    const known = list?.map((item) => item.name).join(', ') ?? '';
    throw new Error(`the kubeconfig has no ${what} '${name ?? ''}': it has '${known}'`);
  }
  return found;
}

/**
 * How to get to the cluster of a context.
 *
 * @param context @default - the current one
 * @throws Error for anything but an API server on loopback with a token.
 */
export function readKubeconfig(text: string, context?: string): Access {
  const config = load(text) as Kubeconfig;
  const chosen = named(config.contexts, 'context', context ?? config['current-context']).context;
  const { server } = named(config.clusters, 'cluster', chosen.cluster).cluster;
  const { token } = named(config.users, 'user', chosen.user).user;
  const url = new URL(server);
  if (url.protocol !== 'https:' || url.hostname !== '127.0.0.1' || token === undefined) {
    throw new Error(
      `the server '${server}' is not one of these tests: use https://127.0.0.1:PORT with a token`,
    );
  }
  return { port: Number(url.port), token };
}
