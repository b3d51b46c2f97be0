import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { EventPlatform } from '../../constructs/index.ts';

/** Port of the container. */
const PORT = 8080;
/** Port of the apps that requests are passed on to. */
const APP_PORT = 8080;
/** Label with the name of an app, also of the platform's own. */
const NAME_LABEL = 'app.kubernetes.io/name';
/** User id of `nonroot` in distroless images. */
const USER = 65_532;

/** The web frontend: serves the page, and passes requests on to the apps. It has no sidecar, and keeps nothing. */
export class TodoWeb extends Construct {
  public readonly deployment: k8s.KubeDeployment;
  public readonly service: k8s.KubeService;
  public readonly network: k8s.KubeNetworkPolicy;
  public readonly disruptionBudget: k8s.KubePodDisruptionBudget;

  /** @param apps that requests are passed on to. */
  public constructor(scope: Construct, id: string, apps: readonly string[]) {
    super(scope, id);
    const { environment } = EventPlatform.of(this);
    const name = 'todo-web';
    const selector = { [NAME_LABEL]: name };
    const labels = { ...selector, 'app.kubernetes.io/component': 'frontend' };
    const metadata = { name, labels };
    const health = {
      httpGet: { path: '/healthz', port: k8s.IntOrString.fromString('http') },
      periodSeconds: 5,
    };
    this.deployment = new k8s.KubeDeployment(this, 'deployment', {
      metadata,
      spec: {
        replicas: environment.production ? 2 : 1,
        selector: { matchLabels: selector },
        template: {
          metadata: { labels },
          spec: {
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            securityContext: {
              ...{ runAsNonRoot: true, runAsUser: USER, runAsGroup: USER },
              seccompProfile: { type: 'RuntimeDefault' },
            },
            containers: [
              {
                name,
                image: environment.imageReference(name),
                command: ['node', '/app/main.js'],
                ports: [{ name: 'http', containerPort: PORT }],
                livenessProbe: health,
                readinessProbe: health,
                resources: {
                  requests: {
                    cpu: k8s.Quantity.fromString('20m'),
                    memory: k8s.Quantity.fromString('64Mi'),
                  },
                  limits: { memory: k8s.Quantity.fromString('128Mi') },
                },
                securityContext: {
                  ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
                  capabilities: { drop: ['ALL'] },
                },
              },
            ],
          },
        },
      },
    });
    this.service = new k8s.KubeService(this, 'service', {
      metadata,
      spec: {
        selector,
        ports: [{ name: 'http', port: 80, targetPort: k8s.IntOrString.fromString('http') }],
      },
    });
    this.network = this.#addNetwork(metadata, selector, apps);
    this.disruptionBudget = new k8s.KubePodDisruptionBudget(this, 'disruption-budget', {
      metadata,
      spec: { maxUnavailable: k8s.IntOrString.fromNumber(1), selector: { matchLabels: selector } },
    });
  }

  #addNetwork(
    metadata: k8s.ObjectMeta,
    selector: Record<string, string>,
    apps: readonly string[],
  ): k8s.KubeNetworkPolicy {
    // The namespace admits nothing that no policy names.
    return new k8s.KubeNetworkPolicy(this, 'network', {
      metadata,
      spec: {
        podSelector: { matchLabels: selector },
        policyTypes: ['Ingress', 'Egress'],
        ingress: [{ ports: [{ port: k8s.IntOrString.fromNumber(PORT), protocol: 'TCP' }] }],
        egress: [
          {
            to: [
              {
                podSelector: {
                  matchExpressions: [{ key: NAME_LABEL, operator: 'In', values: [...apps].sort() }],
                },
              },
            ],
            ports: [{ port: k8s.IntOrString.fromNumber(APP_PORT), protocol: 'TCP' }],
          },
        ],
      },
    });
  }
}
