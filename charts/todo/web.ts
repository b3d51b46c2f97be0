import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { EventPlatform } from '../../constructs/index.ts';

/** Port of the container. */
const PORT = 8080;
/** User id of `nonroot` in distroless images. */
const USER = 65_532;

/** The web frontend: serves the page, and passes requests on to the apps. It has no sidecar, and keeps nothing. */
export class TodoWeb extends Construct {
  public readonly deployment: k8s.KubeDeployment;
  public readonly service: k8s.KubeService;
  public readonly disruptionBudget: k8s.KubePodDisruptionBudget;

  public constructor(scope: Construct, id: string) {
    super(scope, id);
    const { environment } = EventPlatform.of(this);
    const name = 'todo-web';
    const selector = { 'app.kubernetes.io/name': name };
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
    this.disruptionBudget = new k8s.KubePodDisruptionBudget(this, 'disruption-budget', {
      metadata,
      spec: { maxUnavailable: k8s.IntOrString.fromNumber(1), selector: { matchLabels: selector } },
    });
  }
}
