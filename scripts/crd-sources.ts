/** Where the definitions of one API group's resources come from. */
export interface CrdSource {
  /** API group; also the name of the generated file. */
  readonly group: string;
  /** Go module and version. */
  readonly module: string;
  /** CRD files within the module. */
  readonly files: readonly string[];
}

/** Custom resources that the constructs emit. */
export const CRD_SOURCES: readonly CrdSource[] = [
  {
    group: 'dapr.io',
    module: 'github.com/dapr/dapr@v1.16.0',
    files: ['components', 'configuration', 'resiliency', 'subscription'].map(
      (name) => `charts/dapr/crds/${name}.yaml`,
    ),
  },
  {
    group: 'keda.sh',
    module: 'github.com/kedacore/keda/v2@v2.20.2',
    files: ['scaledobjects', 'triggerauthentications'].map(
      (name) => `config/crd/bases/keda.sh_${name}.yaml`,
    ),
  },
  {
    group: 'monitoring.coreos.com',
    module: 'github.com/prometheus-operator/prometheus-operator@v0.85.0',
    files: ['podmonitors', 'prometheusrules'].map(
      (name) => `example/prometheus-operator-crd/monitoring.coreos.com_${name}.yaml`,
    ),
  },
];
