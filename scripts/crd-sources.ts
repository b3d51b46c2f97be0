import { VERSIONS } from '../constructs/core/versions.ts';

/** Where the definitions of one API group's resources come from. */
export interface CrdSource {
  /** API group; also the name of the generated file. */
  readonly group: string;
  /** Go module and version. */
  readonly module: string;
  /** CRD files within the module whose types are generated. */
  readonly files: readonly string[];
  /** CRD files of kinds so simple that they are written without types. @default - none */
  readonly untyped?: readonly string[];
}

/** Custom resources that the constructs emit. */
export const CRD_SOURCES: readonly CrdSource[] = [
  {
    group: 'dapr.io',
    module: `github.com/dapr/dapr@v${VERSIONS.dapr}`,
    files: ['components', 'configuration', 'resiliency', 'subscription'].map(
      (name) => `charts/dapr/crds/${name}.yaml`,
    ),
  },
  {
    group: 'cert-manager.io',
    module: `github.com/cert-manager/cert-manager@v${VERSIONS.certManager}`,
    files: ['deploy/crds/cert-manager.io_certificates.yaml'],
    untyped: ['deploy/crds/cert-manager.io_issuers.yaml'],
  },
  {
    group: 'keda.sh',
    module: `github.com/kedacore/keda/v2@v${VERSIONS.keda}`,
    files: ['scaledobjects', 'triggerauthentications'].map(
      (name) => `config/crd/bases/keda.sh_${name}.yaml`,
    ),
  },
  {
    group: 'monitoring.coreos.com',
    module: `github.com/prometheus-operator/prometheus-operator@v${VERSIONS.prometheusOperator}`,
    files: ['podmonitors', 'prometheusrules'].map(
      (name) => `example/prometheus-operator-crd/monitoring.coreos.com_${name}.yaml`,
    ),
  },
];
