import type { Cluster } from '@pulumi/aws/eks/cluster.js';
import * as pulumi from '@pulumi/pulumi';

/**
 * Configuration of kubectl for a cluster of EKS. It holds no password: the AWS CLI makes a token
 * for whoever runs it. It is a secret nevertheless, since it says where the cluster is.
 */
export function kubeconfig(cluster: Cluster, region: string): pulumi.Output<string> {
  const text = pulumi
    .all([cluster.name, cluster.endpoint, cluster.certificateAuthority])
    .apply(([name, server, authority]) =>
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [{ name, cluster: { server, 'certificate-authority-data': authority.data } }],
        users: [
          {
            name,
            user: {
              exec: {
                apiVersion: 'client.authentication.k8s.io/v1beta1',
                command: 'aws',
                args: ['eks', 'get-token', '--cluster-name', name, '--region', region],
                interactiveMode: 'Never',
              },
            },
          },
        ],
        contexts: [{ name, context: { cluster: name, user: name } }],
        'current-context': name,
      }),
    );
  return pulumi.secret(text);
}
