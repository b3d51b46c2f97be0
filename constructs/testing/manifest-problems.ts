import {
  type CompiledSchema,
  schemaCompiler,
  shown,
} from '@cdk8s-event-platform/contracts/internal';
import type { Manifest } from '../platform/render.ts';
import { SCHEMAS } from '../imports/schemas.ts';
import { type CustomResourceDefinition, customResourceSchemas } from './open-api-schema.ts';

/** Settings of {@link manifestProblems}. */
export interface ManifestProblemsOptions {
  /**
   * CustomResourceDefinitions of further kinds, such as Strimzi's. Other objects in the list are ignored.
   * @default - kinds of Kubernetes, cert-manager, Dapr, KEDA and the Prometheus operator are known
   */
  readonly definitions?: readonly object[];
}

type Compiler = ReturnType<typeof schemaCompiler>;

/** Name of the schema that has all others as its definitions. */
const ROOT = 'schemas';
const NO_DEFINITIONS: readonly object[] = [];

/** Compilers by the definitions that they know besides {@link SCHEMAS}. Each compiles a schema when it is first used. */
const compilers = new WeakMap<readonly object[], Compiler>();

function isDefinition(object: object): object is CustomResourceDefinition {
  return 'kind' in object && object.kind === 'CustomResourceDefinition';
}

/** A pattern in the syntax of RE2, which the API server evaluates. One that JavaScript lacks the syntax for matches everything. */
function compilePattern(pattern: string): RegExp {
  const flags = pattern.includes('(?i)') ? 'i' : '';
  try {
    return new RegExp(pattern.replace('(?i)', ''), flags);
  } catch {
    return /(?:)/;
  }
}

function compilerOf(definitions: readonly object[]): Compiler {
  const known = compilers.get(definitions);
  if (known !== undefined) {
    return known;
  }
  const compiler = schemaCompiler({
    // OpenAPI has keywords and formats of its own.
    ...{ strict: false, validateSchema: false, logger: false },
    code: { regExp: Object.assign(compilePattern, { code: 'new RegExp' }) },
    verbose: true,
  });
  const own = definitions.filter(isDefinition).map(customResourceSchemas);
  compiler.addSchema({ definitions: Object.assign({}, SCHEMAS, ...own) as object }, ROOT);
  compilers.set(definitions, compiler);
  return compiler;
}

function textOf(error: NonNullable<CompiledSchema['errors']>[number]): string {
  const { keyword, instancePath, data, message = 'is not valid', params } = error;
  const value = typeof data === 'object' ? '' : ` (${shown(data)})`;
  const texts: Readonly<Record<string, string>> = {
    additionalProperties: `/${String(params.additionalProperty)} is not a field of this kind`,
    enum: `${value} must be one of ${[params.allowedValues].flat().map(shown).join(', ')}`,
    type: `${value} must be ${[params.type].flat().join(' or ')}`,
  };
  return instancePath + (texts[keyword] ?? `${value} ${message}`);
}

function problemsOf(manifest: Manifest, compiler: Compiler): readonly string[] {
  const { apiVersion, kind } = manifest;
  const name = `${apiVersion}/${kind}`.replaceAll('/', '~1');
  const validate = compiler.getSchema(`${ROOT}#/definitions/${name}`);
  if (validate === undefined) {
    return ["is of a kind without a schema: add its CustomResourceDefinition to 'definitions'"];
  }
  return validate(manifest) === true ? [] : (validate.errors ?? []).map(textOf);
}

/**
 * Problems of objects by the schemas of their kinds: wrong types, missing and unknown fields, unknown kinds. Empty when
 * every object is valid. Rules that only an API server evaluates, such as CEL expressions, are not checked.
 *
 * @param objects of `renderPlatform`, of `Testing.synth` of cdk8s, or read from files.
 *
 * @example
 * expect(manifestProblems(Manifests.render(platform).objects)).toEqual([]);
 *
 * @example
 * const definitions = Yaml.load('strimzi-crds.yaml'); // Yaml of cdk8s
 * expect(manifestProblems(objects, { definitions })).toEqual([]);
 */
export function manifestProblems(
  objects: readonly Manifest[],
  options: ManifestProblemsOptions = {},
): string[] {
  const compiler = compilerOf(options.definitions ?? NO_DEFINITIONS);
  return objects.flatMap((manifest) => {
    const { apiVersion, kind, metadata } = manifest;
    const label = `${apiVersion} ${kind}/${metadata.name}`;
    return problemsOf(manifest, compiler).map((problem) => `${label}: ${problem}`);
  });
}
