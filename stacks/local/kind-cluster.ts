import { Command } from '@pulumi/command/local/command.js';
import * as pulumi from '@pulumi/pulumi';

/** Image of the node, with the version of Kubernetes that manifests are validated against. */
const NODE_IMAGE = 'kindest/node:v1.35.0';

const CREATE = `
for program in docker kind; do
  command -v $program >/dev/null || {
    echo "$program is not installed: install it (https://kind.sigs.k8s.io), or use a cluster that is there: pulumi config set cluster current" >&2
    exit 1
  }
done
if kind get clusters 2>/dev/null | grep -qx "$NAME"; then
  echo "a kind cluster '$NAME' is there, and this stack has not made it: set another clusterName, use it with cluster current and kubeContext kind-$NAME, or delete what a stopped update left: kind delete cluster --name $NAME" >&2
  exit 1
fi
kind create cluster --name "$NAME" --image "$IMAGE" --wait 5m --kubeconfig "$(mktemp)" >&2
`;

/**
 * A kind cluster with one node, which `pulumi destroy` deletes. The user's kubeconfig is left as it
 * is.
 *
 * @see https://kind.sigs.k8s.io
 */
export class KindCluster extends pulumi.ComponentResource {
  /** Another one for each cluster that is made. */
  public readonly identity: pulumi.Output<string>;
  /** Kubeconfig of an administrator, as YAML; secret. */
  public readonly kubeconfig: pulumi.Output<string>;

  /** @param args.clusterName how kind calls the cluster. */
  public constructor(
    name: string,
    args: { readonly clusterName: string },
    options: pulumi.ComponentResourceOptions = {},
  ) {
    super('event-platform:local:KindCluster', name, {}, options);
    const environment = { NAME: args.clusterName, IMAGE: NODE_IMAGE };
    const cluster = new Command(
      `${name}-cluster`,
      {
        create: CREATE,
        delete: 'kind delete cluster --name "$NAME"',
        environment,
        triggers: [args.clusterName, NODE_IMAGE],
      },
      { parent: this, deleteBeforeReplace: true },
    );
    this.identity = cluster.id;
    const kubeconfig = new Command(
      `${name}-kubeconfig`,
      {
        create: 'kind get kubeconfig --name "$NAME"',
        environment,
        triggers: [cluster.id],
        logging: 'none',
      },
      { parent: this, additionalSecretOutputs: ['stdout'] },
    );
    this.kubeconfig = pulumi.secret(kubeconfig.stdout);
    this.registerOutputs({ kubeconfig: this.kubeconfig });
  }
}
