import type { Cluster } from '@pulumi/aws/eks/cluster.js';
import * as pulumi from '@pulumi/pulumi';
import type { CliAccess } from './provider-settings.ts';

/**
 * Configuration of kubectl for a cluster of EKS. It holds no password: the AWS CLI makes a token
 * for the user who runs it. It is a secret nevertheless, since it says where the cluster is.
 *
 * It is in the state and works for the next deployer: it has what the configuration of the stack
 * says of the identity, and nothing of the environment of the last deployer.
 */
export function kubeconfig(
  cluster: Pick<Cluster, 'name' | 'endpoint' | 'certificateAuthority'>,
  region: string,
  cli: CliAccess = { options: [], env: {} },
): pulumi.Output<string> {
  const role = cli.roleArn === undefined ? [] : ['--role-arn', cli.roleArn];
  const env = Object.entries(cli.env).map(([name, value]) => ({ name, value }));
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
                args: [
                  ...['eks', 'get-token', '--cluster-name', name, '--region', region],
                  ...role,
                  ...cli.options,
                ],
                ...(env.length > 0 && { env }),
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

/** The command that adds the cluster to the configuration of the user who runs it. */
export function updateKubeconfig(name: string, region: string, cli: CliAccess): string {
  const { roleArn, options, env } = cli;
  return [
    ...Object.entries(env).map(([variable, value]) => `${variable}='${value}'`),
    `aws eks update-kubeconfig --region ${region} --name ${name}`,
    // The first role asks about the cluster, the second logs in to it.
    ...(roleArn === undefined ? [] : [`--assume-role-arn ${roleArn} --role-arn ${roleArn}`]),
    ...options,
  ].join(' ');
}
