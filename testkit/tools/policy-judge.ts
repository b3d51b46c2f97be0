import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { VERSIONS } from '../../constructs/core/versions.ts';
import { copyModule, goBuild, moduleFolder } from '../../scripts/go-modules.ts';
import type { Tool } from './cache.ts';

const VERSION = '0.8.0';

/** Version of what judges. */
export const POLICY_JUDGE_VERSION = VERSION;

const FOLDER = join(import.meta.dirname, 'policy-judge');

/** Files of Kubernetes with the defaults of network policies, which depend on its API types alone. */
const DEFAULTS = ['defaults.go', 'zz_generated.defaults.go'];

/** Our own files, by the package that they become a part of. */
const OWN = { 'pkg/networkpolicy': 'judge.go', 'cmd/policy-judge': 'main.go' } as const;

function copyInto(folder: string, files: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  for (const file of files) {
    copyFileSync(file, join(folder, file.slice(file.lastIndexOf('/') + 1)));
  }
}

/**
 * `policy-judge`, a program of ours that says of connections whether kube-network-policies lets them
 * through. Its evaluation is not exported, so a file of ours becomes a part of its package.
 */
export const policyJudge: Tool = {
  name: 'policy-judge',
  version: VERSION,
  recipe: [
    VERSIONS.kubernetes,
    ...Object.values(OWN).map((file) => readFileSync(join(FOLDER, file), 'utf8')),
  ].join('\n'),
  build: (folder) => {
    const source = join(folder, 'source');
    copyModule(`sigs.k8s.io/kube-network-policies@v${VERSION}`, source);
    const api = join(
      moduleFolder(`k8s.io/kubernetes@v${VERSIONS.kubernetes}`),
      'pkg/apis/networking/v1',
    );
    copyInto(
      join(source, 'pkg/defaults'),
      DEFAULTS.map((file) => join(api, file)),
    );
    for (const [target, file] of Object.entries(OWN)) {
      copyInto(join(source, target), [join(FOLDER, file)]);
    }
    goBuild(source, './cmd/policy-judge', join(folder, 'policy-judge'));
    rmSync(source, { recursive: true });
  },
};
