import { VERSIONS } from '../../constructs/core/versions.ts';
import { goProgram } from './go-program.ts';

/** The state of Kubernetes' objects as metrics. */
export const kubeStateMetrics = goProgram({
  name: 'kube-state-metrics',
  module: 'k8s.io/kube-state-metrics/v2',
  version: VERSIONS.kubeStateMetrics,
  program: 'kube-state-metrics',
  versionVariable: 'github.com/prometheus/common/version.Version',
});
