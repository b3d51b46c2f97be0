import { isObject } from './values.ts';

/** What cannot be changed in place, by API group and kind, beside name and namespace. */
const FIXED: Readonly<Record<string, readonly string[]>> = {
  'apps/DaemonSet': ['spec.selector'],
  'apps/Deployment': ['spec.selector'],
  'apps/StatefulSet': [
    'spec.podManagementPolicy',
    'spec.revisionHistoryLimit',
    'spec.selector',
    'spec.serviceName',
    'spec.volumeClaimTemplates',
  ],
  'batch/Job': ['spec.completions', 'spec.parallelism', 'spec.selector', 'spec.template'],
  '/PersistentVolumeClaim': [
    'spec.accessModes',
    'spec.selector',
    'spec.storageClassName',
    'spec.volumeName',
  ],
  '/Service': ['spec.clusterIP'],
  'rbac.authorization.k8s.io/ClusterRoleBinding': ['roleRef'],
  'rbac.authorization.k8s.io/RoleBinding': ['roleRef'],
  'storage.k8s.io/StorageClass': ['parameters', 'provisioner'],
};

/** Settings that decide whether ConfigMaps and Secrets are changed in place. */
export interface Mutability {
  readonly configMaps: boolean;
  readonly secrets: boolean;
}

/**
 * Paths whose change asks for another object, as the real provider has them.
 *
 * @see https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/diff.go
 */
export function fixedPaths(apiVersion: string, kind: string, mutable: Mutability): string[] {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0]! : '';
  const key = `${group}/${kind}`;
  return [
    'metadata.name',
    'metadata.namespace',
    ...(FIXED[key] ?? []),
    ...(key === '/ConfigMap' && !mutable.configMaps ? ['data', 'binaryData'] : []),
    ...(key === '/Secret' ? ['type', ...(mutable.secrets ? [] : ['data', 'stringData'])] : []),
  ];
}

/** Keeps of a live object what a program has asked for: the rest belongs to the server. */
export function prune(live: unknown, asked: unknown): unknown {
  if (Array.isArray(live) && Array.isArray(asked)) {
    return live.slice(0, asked.length).map((item, index) => prune(item, asked[index]));
  }
  return isObject(live) && isObject(asked)
    ? Object.fromEntries(
        Object.keys(asked)
          .filter((key) => key in live)
          .map((key) => [key, prune(live[key], asked[key])]),
      )
    : live;
}

const QUANTITY = /^([+-]?\d*\.?\d+(?:[eE][+-]?\d+)?)(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$/;
const SUFFIXES = ['k', 'M', 'G', 'T', 'P', 'E'];

/** One way to write a quantity, e.g. 0.5 for `500m`; other texts as they are. */
function quantity(value: unknown): unknown {
  const [, number, suffix = ''] = QUANTITY.exec(String(value)) ?? [];
  if (number === undefined) {
    return value;
  }
  const power = SUFFIXES.indexOf(suffix.charAt(0).replace('K', 'k')) + 1;
  const unit = suffix === 'm' ? 0.001 : (suffix.endsWith('i') ? 1024 : 1000) ** power;
  return Number(number) * unit;
}

/** Fields whose values, or whose own value, are quantities. */
const QUANTITIES: ReadonlySet<string> = new Set(['requests', 'limits', 'sizeLimit']);

function withQuantities(value: unknown, key?: string): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => withQuantities(item));
  }
  if (!isObject(value)) {
    return key !== undefined && QUANTITIES.has(key) ? quantity(value) : value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      key !== undefined && QUANTITIES.has(key) ? quantity(item) : withQuantities(item, name),
    ]),
  );
}

/**
 * What a built-in kind's object says, apart from how it is written: the server writes quantities its
 * own way. Custom resources are kept as they were written.
 */
export function comparable(object: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const [group] = (object.apiVersion as string).split('/');
  const custom = group!.includes('.') && !group!.endsWith('.k8s.io');
  return (custom ? { ...object } : withQuantities(object)) as Record<string, unknown>;
}

/** What was asked for as the server keeps it: a Secret's texts are encoded. */
export function normalize(asked: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { stringData, ...rest } = asked;
  if (asked.kind !== 'Secret' || !isObject(stringData)) {
    return { ...asked };
  }
  const encoded = Object.entries(stringData).map(([key, text]) => [
    key,
    Buffer.from(text as string).toString('base64'),
  ]);
  return {
    ...rest,
    data: { ...(rest.data as object | undefined), ...Object.fromEntries(encoded) },
  };
}
