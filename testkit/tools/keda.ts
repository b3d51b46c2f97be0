import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { copyModule, goBuild } from '../../scripts/go-modules.ts';
import { CRD_SOURCES } from '../../scripts/crd-sources.ts';
import type { Tool } from './cache.ts';

const { module } = CRD_SOURCES.find(({ group }) => group === 'keda.sh')!;

/** Programs by the name that KEDA's images give them, and the package that each is built from. */
const PROGRAMS = {
  keda: './cmd/operator',
  'keda-adapter': './cmd/adapter',
  'keda-admission-webhooks': './cmd/webhooks',
} as const;

/** KEDA's operator, metrics adapter and admission, and the manifests that install them. */
export const keda: Tool = {
  name: 'keda',
  version: module.slice(module.indexOf('@v') + 2),
  recipe: JSON.stringify(PROGRAMS),
  build: (folder) => {
    const source = join(folder, 'source');
    copyModule(module, source);
    for (const [program, target] of Object.entries(PROGRAMS)) {
      goBuild(source, target, join(folder, program));
    }
    cpSync(join(source, 'config'), join(folder, 'config'), { recursive: true });
    rmSync(source, { recursive: true });
  },
};
