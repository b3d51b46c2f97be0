/**
 * Generates `constructs/imports/` (TypeScript classes of custom resources) and the validators of
 * Dapr's resources, from the CRDs that pinned Go modules carry. Needs Go; run it after a change of
 * a version, and commit what it writes.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Ajv } from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { load } from 'js-yaml';
import { moduleFolder } from './go-modules.ts';
import { command } from '../cli/command.ts';
import { CRD_SOURCES, type CrdSource } from './crd-sources.ts';
import { closeSchema, type OpenApiSchema } from './crd-schema.ts';

interface CustomResourceDefinition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly name: string;
      readonly schema: { readonly openAPIV3Schema: OpenApiSchema };
    }[];
  };
}

/** Runs `cdk8s import` on a group's CRDs and returns the generated source. */
function importTypes(source: CrdSource, crds: string): string {
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
      throw new Error(`cdk8s import of ${source.group} wrote ${generated.length} files, not 1`);
    }
    const code = readFileSync(join(folder, generated[0]!), 'utf8');
    return (
      `// Generated from ${source.module} by \`npm run imports\`. Do not edit.\n${code}`
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

/** A module that exports one validator per kind and version, e.g. `dapr.io/v2alpha1/Subscription`. */
function validators(crds: readonly CustomResourceDefinition[]): string {
  const ajv = new Ajv({
    code: { source: true, esm: true, lines: true },
    strict: false,
    allErrors: true,
    validateFormats: false,
  });
  const names: Record<string, string> = {};
  const entries: string[] = [];
  for (const { spec } of crds) {
    for (const version of spec.versions) {
      const id = `${spec.group}/${version.name}/${spec.names.kind}`;
      const name = `validate${spec.names.kind}${version.name}`;
      ajv.addSchema(closeSchema(version.schema.openAPIV3Schema), id);
      names[name] = id;
      entries.push(`  '${id}': ${name},`);
    }
  }
  const code = standaloneCode.default(ajv, names);
  return [
    `// Generated from ${CRD_SOURCES[0]!.module} by \`npm run imports\`. Do not edit.`,
    code,
    `export const validators = {\n${entries.join('\n')}\n};\n`,
  ].join('\n');
}

await command('imports', () => {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
  if (values.help) {
    console.log(
      'npm run imports\n\nGenerates constructs/imports/ and the validators of Dapr resources from pinned Go modules. Needs Go.',
    );
  } else {
    const folder = join(import.meta.dirname, '..', 'constructs', 'imports');
    mkdirSync(folder, { recursive: true });
    for (const source of CRD_SOURCES) {
      const root = moduleFolder(source.module);
      const texts = source.files.map((file) => readFileSync(join(root, file), 'utf8'));
      writeFileSync(join(folder, `${source.group}.ts`), importTypes(source, texts.join('\n---\n')));
      console.log(`${source.group}: ${texts.length} CRDs of ${source.module}`);
      if (source.group === 'dapr.io') {
        const crds = texts.map((text) => load(text) as CustomResourceDefinition);
        writeFileSync(
          join(folder, '..', 'testing', 'dapr-validators.generated.js'),
          validators(crds),
        );
        console.log(`${source.group}: validators`);
      }
    }
    // What is generated is kept out of the check of the format, and is formatted here all the same.
    const files = [folder, join(folder, '..', 'testing', 'dapr-validators.generated.js')];
    const options = ['--write', '--log-level', 'warn', '--ignore-path', '.gitignore'];
    execFileSync('npx', ['prettier', ...options, ...files]);
  }
});
