import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { VERSIONS } from '../../constructs/versions.ts';
import { copyModule, goBuild } from '../../scripts/go-modules.ts';
import type { Tool } from './cache.ts';

const VERSION = VERSIONS.kubeStateMetrics;
const VERSION_FLAG = `-X github.com/prometheus/common/version.Version=v${VERSION}`;

/** The state of Kubernetes' objects as metrics. */
export const kubeStateMetrics: Tool = {
  name: 'kube-state-metrics',
  version: VERSION,
  recipe: VERSION_FLAG,
  build: (folder) => {
    const source = join(folder, 'source');
    copyModule(`k8s.io/kube-state-metrics/v2@v${VERSION}`, source);
    goBuild(source, '.', join(folder, 'kube-state-metrics'), { ldflags: VERSION_FLAG });
    rmSync(source, { recursive: true });
  },
};
