import { dump } from 'js-yaml';

/** How to get to an API server. */
export interface Access {
  /** @default '127.0.0.1' */
  readonly host?: string;
  readonly port: number;
  readonly token: string;
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
