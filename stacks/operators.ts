import { Release } from '@pulumi/kubernetes/helm/v3/release.js';
import * as pulumi from '@pulumi/pulumi';
import { type Manifest, VERSIONS } from '../constructs/index.ts';
import { generatedPassword } from './kubernetes/generated-password.ts';

/** Helm values. */
type Values = Readonly<Record<string, pulumi.Input<unknown>>>;

/** A Helm chart at one version. */
interface PinnedChart {
  readonly repository: string;
  readonly chart: string;
  readonly version: string;
  readonly namespace: string;
}

/** What the platform relies on, at the versions whose objects it renders. */
export const OPERATORS = {
  dapr: {
    repository: 'https://dapr.github.io/helm-charts',
    chart: 'dapr',
    version: VERSIONS.dapr,
    namespace: 'dapr-system',
  },
  keda: {
    repository: 'https://kedacore.github.io/charts',
    chart: 'keda',
    version: VERSIONS.keda,
    namespace: 'keda',
  },
  monitoring: {
    repository: 'https://prometheus-community.github.io/helm-charts',
    chart: 'kube-prometheus-stack',
    version: VERSIONS.kubePrometheusStack,
    namespace: 'monitoring',
  },
  certificates: {
    repository: 'https://charts.jetstack.io',
    chart: 'cert-manager',
    version: `v${VERSIONS.certManager}`,
    namespace: 'cert-manager',
  },
  externalSecrets: {
    repository: 'https://charts.external-secrets.io',
    chart: 'external-secrets',
    version: VERSIONS.externalSecrets,
    namespace: 'external-secrets',
  },
  nodes: {
    repository: 'https://kubernetes.github.io/autoscaler',
    chart: 'cluster-autoscaler',
    version: VERSIONS.clusterAutoscaler,
    namespace: 'cluster-autoscaler',
  },
} as const satisfies Readonly<Record<string, PinnedChart>>;

/** Name of an operator in {@link OPERATORS}. */
export type OperatorName = keyof typeof OPERATORS;

/** API groups of operators whose objects manifests hold. */
const GROUPS: Readonly<Partial<Record<OperatorName, string>>> = {
  dapr: 'dapr.io',
  keda: 'keda.sh',
  monitoring: 'monitoring.coreos.com',
  certificates: 'cert-manager.io',
  externalSecrets: 'external-secrets.io',
};

/** The operators that objects need, by their API groups. */
export function operatorsOf(objects: readonly Manifest[]): OperatorName[] {
  const groups = new Set(objects.map(({ apiVersion }) => apiVersion.split('/')[0]!));
  return (Object.keys(GROUPS) as OperatorName[]).filter((name) => groups.has(GROUPS[name]!));
}

/** Arguments of {@link Operators}. */
export interface OperatorsArgs {
  /** Which of them. */
  readonly install: readonly OperatorName[];
  /** Whether each has several pods, so that a node may fail. @default false */
  readonly highAvailability?: boolean;
  /** More Helm values, by operator. @default - none */
  readonly values?: Readonly<Partial<Record<OperatorName, Values>>>;
}

/** What the values of an operator depend on. */
interface Setting {
  /** Whether each has several pods. */
  readonly highAvailability: boolean;
  /** Whether there is an operator that follows PodMonitors. */
  readonly monitored: boolean;
}

/** Operators whose releases hold PodMonitors, which need their definition first. */
const WITH_POD_MONITORS: readonly OperatorName[] = ['keda', 'certificates'];

function isValues(value: unknown): value is Values {
  return (
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}

/** Values with others put over them, down to the single value, as Helm does it. */
function merged(base: Values, over: Values): Values {
  return Object.fromEntries(
    [...new Set([...Object.keys(base), ...Object.keys(over)])].map((key) => {
      const [below, above] = [base[key], over[key]];
      const both = isValues(below) && isValues(above);
      return [key, both ? merged(below, above) : key in over ? above : below];
    }),
  );
}

/** Values that the platform needs to work as it is rendered. */
export function operatorValues(
  name: OperatorName,
  { highAvailability, monitored }: Setting,
): Values {
  switch (name) {
    case 'dapr':
      return {
        global: { ha: { enabled: highAvailability } },
        // The namespace admits pods that meet PodSecurity "restricted" only, sidecars included. Their
        // seccomp profile is that of the pod.
        dapr_sidecar_injector: { sidecarDropALLCapabilities: true },
        // A pod that was created while the injector did not answer has no sidecar, and says it is ready.
        // The operator looks for such pods and replaces them.
        dapr_operator: { watchInterval: '1m' },
      };
    case 'keda':
      return {
        ...(highAvailability && {
          operator: { replicaCount: 2 },
          metricsServer: { replicaCount: 2 },
        }),
        ...(monitored && {
          prometheus: { operator: { enabled: true, podMonitor: { enabled: true } } },
        }),
      };
    case 'monitoring':
      return {
        // Prometheus follows every PodMonitor and rule, not those of its own release alone.
        prometheus: {
          prometheusSpec: {
            podMonitorSelectorNilUsesHelmValues: false,
            serviceMonitorSelectorNilUsesHelmValues: false,
            ruleSelectorNilUsesHelmValues: false,
            replicas: highAvailability ? 2 : 1,
          },
        },
        // Dashboards are in the namespaces of the platforms, each with the name of its folder.
        grafana: {
          sidecar: {
            dashboards: {
              searchNamespace: 'ALL',
              folderAnnotation: 'grafana_folder',
              provider: { foldersFromFilesStructure: true },
            },
          },
        },
      };
    case 'certificates':
      return {
        crds: { enabled: true, keep: false },
        ...(monitored && { prometheus: { enabled: true, podmonitor: { enabled: true } } }),
      };
    case 'nodes':
      return {};
    case 'externalSecrets':
      return highAvailability ? { replicaCount: 2, leaderElect: true } : {};
  }
}

/** Operators as Helm releases at pinned versions, each in a namespace of its own. */
export class Operators extends pulumi.ComponentResource {
  /** The releases by operator. */
  public readonly releases: Readonly<Partial<Record<OperatorName, Release>>>;

  public constructor(
    name: string,
    args: OperatorsArgs,
    options: pulumi.ComponentResourceOptions & { readonly provider: pulumi.ProviderResource },
  ) {
    super('event-platform:kubernetes:Operators', name, {}, options);
    const setting = {
      highAvailability: args.highAvailability ?? false,
      monitored: args.install.includes('monitoring'),
    };
    const releases: Partial<Record<OperatorName, Release>> = {};
    // What brings the definition of PodMonitors comes before what has some.
    const order = [...args.install].sort(
      (a, b) => Number(WITH_POD_MONITORS.includes(a)) - Number(WITH_POD_MONITORS.includes(b)),
    );
    for (const operator of order) {
      const { repository, chart, version, namespace } = OPERATORS[operator];
      const { monitoring } = releases;
      releases[operator] = new Release(
        chart,
        {
          name: chart,
          chart,
          version,
          namespace,
          createNamespace: true,
          repositoryOpts: { repo: repository },
          values: [
            operatorValues(operator, setting),
            // Instead of the password that everybody knows.
            operator === 'monitoring'
              ? {
                  grafana: {
                    adminPassword: generatedPassword(`${chart}/grafana`, { parent: this }),
                  },
                }
              : {},
            args.values?.[operator] ?? {},
          ].reduce(merged),
          // A release that did not come up is taken back whole, so that the next update starts from the beginning.
          atomic: true,
          timeout: 600,
        },
        {
          parent: this,
          provider: options.provider,
          ...(monitoring !== undefined &&
            WITH_POD_MONITORS.includes(operator) && { dependsOn: [monitoring] }),
        },
      );
    }
    this.releases = releases;
    this.registerOutputs({});
  }
}
