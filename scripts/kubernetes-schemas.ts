import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  closedSchema,
  kindSchema,
  METADATA_SCHEMA,
  type OpenApiSchema,
} from '../constructs/testing/open-api-schema.ts';
import { withKubernetes } from './kubernetes-module.ts';
import { run } from './toolchain.ts';

/** API versions whose kinds teams render, by the Go package of their types. */
const API_VERSIONS: Readonly<Record<string, string>> = {
  'core.v1': 'v1',
  'apps.v1': 'apps/v1',
  'autoscaling.v2': 'autoscaling/v2',
  'batch.v1': 'batch/v1',
  'networking.v1': 'networking.k8s.io/v1',
  'policy.v1': 'policy/v1',
  'rbac.v1': 'rbac.authorization.k8s.io/v1',
};

/** Types that JSON has in two forms, which OpenAPI 2 cannot say. */
const TWO_FORMS: Readonly<Record<string, object>> = {
  'util.intstr.IntOrString': { type: ['integer', 'string'], format: 'int32' },
  'api.resource.Quantity': {
    type: ['number', 'string'],
    pattern:
      '^[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+))?$',
  },
};

/** Program of Kubernetes that prints the schemas which its API server has, allowed values included. */
const MODELS = 'k8s.io/kubernetes/pkg/generated/openapi/cmd/models-schema';

/** `apps/v1/Deployment` and `core.v1.PodSpec` for `io.k8s.api.apps.v1.Deployment` and `io.k8s.api.core.v1.PodSpec`. */
function nameOf(definition: string, { properties }: OpenApiSchema): string {
  const [, group, kind] = /([^.]+\.[^.]+)\.([^.]+)$/.exec(definition)!;
  const isKind = properties?.kind !== undefined && 'metadata' in properties && !properties.items;
  const apiVersion = isKind ? API_VERSIONS[group!] : undefined;
  return apiVersion === undefined ? `${group!}.${kind!}` : `${apiVersion}/${kind!}`;
}

/** The schemas that Kubernetes has. */
function models(): ReadonlyMap<string, OpenApiSchema> {
  const folder = mkdtempSync(join(tmpdir(), 'kubernetes-schemas-'));
  try {
    let document = '';
    withKubernetes(folder, [MODELS], (cwd) => {
      document = run('go', ['run', MODELS], { cwd, env: { GOFLAGS: '-mod=mod' } });
    });
    const { definitions } = JSON.parse(document) as {
      definitions: Readonly<Record<string, OpenApiSchema>>;
    };
    return new Map(Object.entries(definitions));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** JSON Schemas of Kubernetes' own kinds, by API version and kind, and of what they refer to, by name. */
export function kubernetesSchemas(): Record<string, object> {
  const definitions = models();
  const schemas: Record<string, object> = {};
  const add = (definition: string): string => {
    const schema = definitions.get(definition)!;
    const name = nameOf(definition, schema);
    if (!(name in schemas)) {
      schemas[name] = {};
      const closed = name.includes('/') ? kindSchema(schema) : closedSchema(schema);
      const text = JSON.stringify(TWO_FORMS[name] ?? closed).replaceAll(
        /#\/definitions\/(io\.[^"]+)/g,
        (_reference, other: string) => `#/definitions/${add(other).replaceAll('/', '~1')}`,
      );
      schemas[name] = JSON.parse(text) as object;
    }
    return name;
  };
  for (const [definition, schema] of definitions) {
    const name = nameOf(definition, schema);
    if (name.includes('/') || name === METADATA_SCHEMA) {
      add(definition);
    }
  }
  return schemas;
}
