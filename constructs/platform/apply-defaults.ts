import type { PlatformDefaults } from './platform-defaults.ts';
import { type Json, metadataWith, strimziPodWith, templateWith } from './pod-defaults.ts';

/** Changes the part of an object that pods are made with. */
type PodChange = (part: Json, defaults: PlatformDefaults) => Json;

const TEMPLATE: readonly [string, PodChange] = ['spec.template', templateWith];

/** Where objects of a kind say what their pods are made with. A Pod is its own template. */
const PODS: Readonly<Record<string, readonly (readonly [string, PodChange])[]>> = {
  Deployment: [TEMPLATE],
  StatefulSet: [TEMPLATE],
  DaemonSet: [TEMPLATE],
  ReplicaSet: [TEMPLATE],
  ReplicationController: [TEMPLATE],
  Job: [TEMPLATE],
  Pod: [['', templateWith]],
  PodTemplate: [['template', templateWith]],
  CronJob: [['spec.jobTemplate.spec.template', templateWith]],
  // KEDA's.
  ScaledJob: [['spec.jobTargetRef.template', templateWith]],
  // Strimzi's.
  KafkaNodePool: [['spec.template.pod', strimziPodWith]],
  Kafka: [
    ['spec.entityOperator.template.pod', strimziPodWith],
    ['spec.kafkaExporter.template.pod', strimziPodWith],
  ],
};

/** What Strimzi makes only where an object names it. */
const OPTIONAL_PARTS: readonly string[] = ['entityOperator', 'kafkaExporter'];

/** Kinds of the Prometheus operator, and which defaults say how it finds them. */
const OPERATOR_OBJECTS: Readonly<Record<string, 'monitors' | 'rules'>> = {
  PodMonitor: 'monitors',
  ServiceMonitor: 'monitors',
  PrometheusRule: 'rules',
};

/** An object in which the part at a path is changed, and made where it is missing. */
function changed(
  object: Json,
  [name, ...rest]: readonly string[],
  change: (part: Json) => Json,
): Json {
  if (name === undefined) {
    return change(object);
  }
  if (object[name] === undefined && OPTIONAL_PARTS.includes(name)) {
    return object;
  }
  return { ...object, [name]: changed((object[name] ?? {}) as Json, rest, change) };
}

/** Labels of an object, with those by which the Prometheus operator finds it. */
function labelsOf(kind: string, defaults: PlatformDefaults): Pick<PlatformDefaults, 'labels'> {
  const option = OPERATOR_OBJECTS[kind];
  const found = option === undefined ? undefined : defaults[option];
  return typeof found === 'object' ? { labels: { ...defaults.labels, ...found.labels } } : {};
}

/** A rendered object with the defaults of its platform: its metadata, and what its pods are made with. */
export function applyDefaults(rendered: unknown, defaults: PlatformDefaults): unknown {
  const object = rendered as Json & { readonly kind: string };
  const metadata = metadataWith(object.metadata, {
    ...defaults,
    ...labelsOf(object.kind, defaults),
  });
  return (PODS[object.kind] ?? []).reduce<Json>(
    (result, [path, change]) =>
      changed(result, path.split('.').filter(Boolean), (part) => change(part, defaults)),
    { ...object, metadata },
  );
}
