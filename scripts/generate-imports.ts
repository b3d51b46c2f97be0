/**
 * Generates `constructs/imports/` from what pinned Go modules carry: TypeScript classes of custom
 * resources, and the JSON Schemas that the testing kit checks manifests with. Needs Go; run it after a
 * change of a version, and commit what it writes.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { load } from 'js-yaml';
import {
  type CustomResourceDefinition,
  customResourceSchemas,
} from '../constructs/testing/open-api-schema.ts';
import { VERSIONS } from '../constructs/core/versions.ts';
import { command } from '../cli/command.ts';
import { CRD_SOURCES } from './crd-sources.ts';
import { moduleFolder } from './go-modules.ts';
import { kubernetesSchemas } from './kubernetes-schemas.ts';

/** Runs `cdk8s import` on the CRDs of a group, which a module has, and returns the generated source. */
function importTypes(group: string, module: string, crds: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'imports-'));
  try {
    const input = join(folder, 'crds.yaml');
    writeFileSync(input, crds);
    const options = ['--language', 'typescript', '--no-save', '-o', folder];
    execFileSync('npx', ['cdk8s', 'import', input, ...options], {
      env: { ...process.env, CDK8S_CHECK_UPGRADE: 'false' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const generated = readdirSync(folder).filter((name) => name.endsWith('.ts'));
    if (generated.length !== 1) {
      throw new Error(`cdk8s import of ${group} wrote ${generated.length} files, not 1`);
    }
    const code = readFileSync(join(folder, generated[0]!), 'utf8');
    return (
      `// Generated from ${module} by \`npm run imports\`. Do not edit.\n${code}`
        // The folder is not linted: there is nothing to silence.
        .replace(/^\/\* eslint-(disable|enable) .*\*\/\n/gm, '')
        .replace(
          /^import \{ (.*) \} from 'cdk8s';$/m,
          "import { ApiObject } from 'cdk8s';\nimport type { ApiObjectMetadata, GroupVersionKind } from 'cdk8s';",
        )
        .replace(
          /^import \{ Construct \} from 'constructs';$/m,
          "import type { Construct } from 'constructs';",
        )
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A module with the JSON Schemas of all kinds that manifests may be of, each on a line of its own. */
function schemaModule(
  sources: readonly string[],
  schemas: Readonly<Record<string, object>>,
): string {
  return [
    `// Generated from ${sources.join(', ')} by \`npm run imports\`. Do not edit.`,
    '/** JSON Schemas of kinds, by API version and kind, and of what they refer to, by name. */',
    'export const SCHEMAS: Readonly<Record<string, object>> = {',
    ...Object.keys(schemas)
      .sort()
      .map((name) => `'${name}': ${JSON.stringify(schemas[name])},`),
    '};\n',
  ].join('\n');
}

await command('imports', () => {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
  if (values.help) {
    console.log(
      'npm run imports\n\nGenerates constructs/imports/ (types of custom resources, schemas of kinds) from pinned Go modules. Needs Go.',
    );
  } else {
    const folder = join(import.meta.dirname, '..', 'constructs', 'imports');
    mkdirSync(folder, { recursive: true });
    const kubernetes = `k8s.io/kubernetes@v${VERSIONS.kubernetes}`;
    const schemas = kubernetesSchemas();
    console.log(`kubernetes: ${Object.keys(schemas).length} schemas of ${kubernetes}`);
    for (const { group, module, files, untyped = [] } of CRD_SOURCES) {
      const root = moduleFolder(module);
      const read = (file: string) => readFileSync(join(root, file), 'utf8');
      const path = join(folder, `${group}.ts`);
      writeFileSync(path, importTypes(group, module, files.map(read).join('\n---\n')));
      execFileSync('npx', [
        ...['prettier', '--write', '--log-level', 'warn', '--ignore-path', '.gitignore', path],
      ]);
      const definitions = [...files, ...untyped].map((file) => load(read(file)));
      for (const definition of definitions as CustomResourceDefinition[]) {
        Object.assign(schemas, customResourceSchemas(definition));
      }
      console.log(`${group}: ${definitions.length} CRDs of ${module}`);
    }
    const sources = [kubernetes, ...CRD_SOURCES.map(({ module }) => module)];
    writeFileSync(join(folder, 'schemas.ts'), schemaModule(sources, schemas));
  }
});
