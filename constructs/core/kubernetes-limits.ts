import { Findings, isObject, type Json, type JsonPath, listOf, objectOf } from './findings.ts';
import {
  byteLength,
  dataKeyProblem,
  labelNameProblem,
  labelValueProblem,
  pathNameProblem,
  qualifiedNameProblem,
  serviceNameProblem,
  subdomainProblem,
} from './kubernetes-syntax.ts';
import { checkNetworkPolicy, checkService } from './network-limits.ts';
import { checkPod, checkResources } from './pod-limits.ts';

/** Most bytes of values in a ConfigMap or Secret. */
const MAX_DATA = 1024 * 1024;
/** Most bytes of an object: more, etcd refuses. */
const MAX_OBJECT = 1.5 * 1024 * 1024;
/** Most bytes of annotations, keys and values together. */
const MAX_ANNOTATIONS = 256 * 1024;

/** Names that are shorter than Kubernetes says, since something longer is made of them. */
const NAMES: Readonly<Record<string, (name: string) => string | undefined>> = {
  Namespace: labelNameProblem,
  Service: serviceNameProblem,
  // Its pods carry the label `controller-revision-hash`: the name and eleven characters more.
  StatefulSet: (name) => labelNameProblem(name, 52),
  // Its pods carry the name as a label.
  Job: (name) => subdomainProblem(name, 63),
  CronJob: (name) => subdomainProblem(name, 52),
  // KEDA labels the autoscaler with its name, which is `keda-hpa-` and this one.
  ScaledObject: (name) => subdomainProblem(name, 54),
};

/** Checks of a kind beside those that hold for all objects. */
const KINDS: Readonly<Record<string, (found: Findings, object: Json) => void>> = {
  'v1/Service': checkService,
  'v1/ConfigMap': (found, { data, binaryData }) => checkData(found, { data, binaryData }),
  'v1/Secret': (found, { data, stringData }) => checkData(found, { data, stringData }),
  'v1/Pod': (found, { spec }) => checkPod(found, ['spec'], objectOf(spec)),
  'v1/PersistentVolumeClaim': (found, { spec }) => checkClaim(found, ['spec'], objectOf(spec)),
  'networking.k8s.io/v1/NetworkPolicy': checkNetworkPolicy,
  'apps/v1/Deployment': checkWorkload,
  'apps/v1/StatefulSet': checkWorkload,
  'apps/v1/DaemonSet': checkWorkload,
  'apps/v1/ReplicaSet': checkWorkload,
  'v1/ReplicationController': checkWorkload,
  'batch/v1/Job': checkWorkload,
  'batch/v1/CronJob': (found, { spec }) =>
    checkTemplate(found, ['spec', 'jobTemplate', 'spec'], objectOf(objectOf(spec).jobTemplate)),
  'keda.sh/v1alpha1/ScaledJob': (found, { spec }) =>
    checkTemplate(found, ['spec', 'jobTargetRef'], { spec: objectOf(spec).jobTargetRef }),
  'v1/PodTemplate': (found, object) => checkTemplate(found, [], { spec: object }),
  'autoscaling/v2/HorizontalPodAutoscaler': (found, { spec }) =>
    checkBounds(found, objectOf(spec), 'minReplicas', 'maxReplicas'),
  'keda.sh/v1alpha1/ScaledObject': (found, { spec }) =>
    checkBounds(found, objectOf(spec), 'minReplicaCount', 'maxReplicaCount'),
};

/**
 * Everything about a rendered object that Kubernetes would refuse, or take for something else than it
 * looks like: names, labels, annotations, quantities, ports, images and sizes. Each problem names its
 * place in the object, the value and the remedy.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/
 */
export function limitProblems(manifest: object): readonly string[] {
  const object = manifest as Json;
  const found = new Findings();
  const { apiVersion, kind, metadata } = object;
  const group = String(apiVersion).split('/', 1)[0]!;
  const { name, namespace } = objectOf(metadata);
  const nameCheck =
    group === 'rbac.authorization.k8s.io'
      ? pathNameProblem
      : (NAMES[String(kind)] ?? subdomainProblem);
  found.name(['metadata', 'name'], name, (text) => nameCheck(text));
  found.text(['metadata', 'namespace'], namespace, (text) => labelNameProblem(text));
  KINDS[`${String(apiVersion)}/${String(kind)}`]?.(found, object);
  if (group === 'dapr.io') {
    const { scopes } = object;
    found.add(
      ['scopes'],
      scopes,
      Array.isArray(scopes) && scopes.length === 0
        ? 'has every app load it: have an app use it, such as by a producer, a consumer or grantAccess, or do not declare it'
        : undefined,
    );
  }
  // A schema describes labels and ports, and has none.
  if (kind !== 'CustomResourceDefinition') {
    walk(found, [], object);
  }
  const size = byteLength(JSON.stringify(manifest));
  found.add(
    [],
    `${String(kind)} ${String(name)}`,
    size > MAX_OBJECT
      ? `has ${size} bytes, and Kubernetes keeps no object of more than ${MAX_OBJECT}: make several of it`
      : undefined,
  );
  return found.problems;
}

/** What holds for any object, wherever in it: text, numbers, labels, selectors, annotations. */
function walk(found: Findings, path: JsonPath, value: unknown): void {
  if (typeof value === 'string') {
    found.add(path, value, textProblem(value));
  } else if (typeof value === 'number') {
    found.add(
      path,
      value,
      Number.isFinite(value) ? undefined : 'is not a number that JSON has: use another',
    );
  } else if (Array.isArray(value)) {
    value.forEach((item, index) => walk(found, [...path, index], item));
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      const at = [...path, key];
      found.add(path, key, textProblem(key));
      checkField(found, at, item);
      walk(found, at, item);
    }
  }
}

/** Checks a field that must have a form because of its name. */
function checkField(found: Findings, path: JsonPath, value: unknown): void {
  const [parent, key] = [path.at(-2), path.at(-1)];
  if (!isObject(value)) {
    if (key === 'matchExpressions') {
      checkExpressions(found, path, listOf(value));
    } else if (key === 'storageClassName') {
      found.text(path, value, (text) => (text === '' ? undefined : subdomainProblem(text)));
    }
  } else if (key === 'annotations' && parent === 'metadata') {
    checkAnnotations(found, path, value);
  } else if (LABELS.includes(key) || (key === 'labels' && parent === 'metadata')) {
    found.labels(path, value);
  } else if (KEY_REFERENCES.includes(key)) {
    found.text([...path, 'name'], value.name, (text) => subdomainProblem(text));
    found.text([...path, 'key'], value.key, dataKeyProblem);
  }
}

const LABELS: readonly unknown[] = ['matchLabels', 'nodeSelector'];
const KEY_REFERENCES: readonly unknown[] = ['secretKeyRef', 'configMapKeyRef'];

/** Half of a character, which neither YAML nor JSON can carry. */
function textProblem(text: string): string | undefined {
  return text.isWellFormed()
    ? undefined
    : 'has half of a surrogate pair in it, which is not a character: correct the text';
}

function checkExpressions(found: Findings, path: JsonPath, expressions: readonly unknown[]): void {
  expressions.forEach((expression, index) => {
    const { key, operator, values } = objectOf(expression);
    found.text([...path, index, 'key'], key, qualifiedNameProblem);
    if (operator === 'In' || operator === 'NotIn') {
      found.add(
        [...path, index, 'values'],
        values,
        listOf(values).length === 0 ? 'matches nothing: name a value, or leave it out' : undefined,
      );
    }
    listOf(values).forEach((value, place) =>
      found.text([...path, index, 'values', place], value, labelValueProblem),
    );
  });
}

function checkAnnotations(found: Findings, path: JsonPath, annotations: Json): void {
  let size = 0;
  for (const [key, value] of Object.entries(annotations)) {
    found.add(path, key, qualifiedNameProblem(key.toLowerCase()));
    found.text([...path, key], value);
    size += byteLength(key) + byteLength(String(value));
  }
  found.add(
    path,
    Object.keys(annotations),
    size > MAX_ANNOTATIONS
      ? `have ${size} bytes, and Kubernetes takes ${MAX_ANNOTATIONS}: put some into a ConfigMap`
      : undefined,
  );
}

function checkData(found: Findings, bags: Json): void {
  let size = 0;
  for (const [bag, data] of Object.entries(bags)) {
    for (const [key, value] of Object.entries(objectOf(data))) {
      found.add([bag], key, dataKeyProblem(key));
      found.text([bag, key], value);
      size += byteLength(String(value));
    }
  }
  found.add(
    ['data'],
    Object.values(bags).flatMap((data) => Object.keys(objectOf(data))),
    size > MAX_DATA
      ? `has ${size} bytes, and Kubernetes takes ${MAX_DATA}: make several objects of it`
      : undefined,
  );
}

function countProblem(value: unknown, min = 0): string | undefined {
  return Number.isInteger(value) && (value as number) >= min && (value as number) < 2 ** 31
    ? undefined
    : `is not a count: use a whole number of ${min} or more`;
}

function checkBounds(found: Findings, spec: Json, minKey: string, maxKey: string): void {
  for (const key of [minKey, maxKey].filter((name) => spec[name] !== undefined)) {
    found.add(['spec', key], spec[key], countProblem(spec[key], key === maxKey ? 1 : 0));
  }
  const [min, max] = [spec[minKey], spec[maxKey]];
  found.add(
    ['spec', minKey],
    min,
    typeof min === 'number' && typeof max === 'number' && min > max
      ? `exceeds ${maxKey} (${max}): use at most that`
      : undefined,
  );
}

function checkClaim(found: Findings, path: JsonPath, spec: Json): void {
  checkResources(found, [...path, 'resources'], objectOf(spec.resources));
}

function checkWorkload(found: Findings, object: Json): void {
  const spec = objectOf(object.spec);
  if (spec.replicas !== undefined) {
    found.add(['spec', 'replicas'], spec.replicas, countProblem(spec.replicas));
  }
  listOf(spec.volumeClaimTemplates).forEach((claim, index) => {
    const at = ['spec', 'volumeClaimTemplates', index];
    const { metadata, spec: claimSpec } = objectOf(claim);
    found.text([...at, 'metadata', 'name'], objectOf(metadata).name, labelNameProblem);
    checkClaim(found, [...at, 'spec'], objectOf(claimSpec));
  });
  checkTemplate(found, ['spec'], object);
}

function checkTemplate(found: Findings, path: JsonPath, { spec }: Json): void {
  const { template, volumeClaimTemplates } = objectOf(spec);
  checkPod(
    found,
    [...path, 'template', 'spec'],
    objectOf(objectOf(template).spec),
    listOf(volumeClaimTemplates),
  );
}
