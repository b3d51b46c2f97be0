import { VERSIONS } from '../../constructs/core/versions.ts';

const NAME = { name: 'kube-state-metrics', namespace: 'monitoring' };
const LABELS = { 'app.kubernetes.io/name': NAME.name };
const PORT = 8080;

/** Image of kube-state-metrics. */
export const KUBE_STATE_METRICS_IMAGE = `registry.k8s.io/kube-state-metrics/kube-state-metrics:v${VERSIONS.kubeStateMetrics}`;

/** Where its metrics are. */
export const KUBE_STATE_METRICS_PAGE = `http://${NAME.name}.${NAME.namespace}:${PORT}/metrics`;

/** The state of objects as metrics: a part of kube-prometheus-stack, which the stacks install. */
export function kubeStateMetrics(): object[] {
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAME.namespace } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: NAME },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: NAME.name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [{ kind: 'ServiceAccount', ...NAME }],
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: NAME,
      spec: {
        selector: { matchLabels: LABELS },
        template: {
          metadata: { labels: LABELS },
          spec: {
            serviceAccountName: NAME.name,
            containers: [
              {
                name: NAME.name,
                image: KUBE_STATE_METRICS_IMAGE,
                command: ['/kube-state-metrics', `--port=${PORT}`, '--resources', RESOURCES],
                readinessProbe: { httpGet: { path: '/livez', port: PORT }, periodSeconds: 1 },
              },
            ],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: NAME,
      spec: { selector: LABELS, ports: [{ port: PORT }] },
    },
  ];
}

/** What rules and dashboards ask about, of what the role `view` may see. */
const RESOURCES = 'deployments,horizontalpodautoscalers,persistentvolumeclaims,pods,statefulsets';
