import { copyFileSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CRD_SOURCES } from '../../scripts/crd-sources.ts';
import type { Tool } from './cache.ts';
import { moduleFolder } from '../../scripts/go-modules.ts';

/** The definitions of the custom resources that manifests use, as their operators install them. */
export const crds: Tool = {
  name: 'crds',
  version: '1',
  recipe: JSON.stringify(CRD_SOURCES),
  build: (folder) => {
    for (const { group, module, files, untyped = [] } of CRD_SOURCES) {
      mkdirSync(join(folder, group));
      const root = moduleFolder(module);
      for (const file of [...files, ...untyped]) {
        copyFileSync(join(root, file), join(folder, group, basename(file)));
      }
    }
  },
};
