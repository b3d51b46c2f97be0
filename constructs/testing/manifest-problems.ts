import * as certManager from '@kubernetes-models/cert-manager/cert-manager.io/v1';
import * as keda from '@kubernetes-models/keda/keda.sh/v1alpha1';
import * as monitoring from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import * as strimzi from '@kubernetes-models/strimzi-kafka-operator/kafka.strimzi.io/v1';
import * as apps from 'kubernetes-models/apps/v1';
import * as autoscaling from 'kubernetes-models/autoscaling/v2';
import * as batch from 'kubernetes-models/batch/v1';
import * as networking from 'kubernetes-models/networking.k8s.io/v1';
import * as policy from 'kubernetes-models/policy/v1';
import * as core from 'kubernetes-models/v1';
import type { Manifest } from '../core/render.ts';
import { validators } from './dapr-validators.generated.js';

type Model = new (manifest: Manifest) => { validate(): void };

const MODELS: Readonly<Record<string, object>> = {
  v1: core,
  'apps/v1': apps,
  'autoscaling/v2': autoscaling,
  'batch/v1': batch,
  'cert-manager.io/v1': certManager,
  'kafka.strimzi.io/v1': strimzi,
  'keda.sh/v1alpha1': keda,
  'monitoring.coreos.com/v1': monitoring,
  'networking.k8s.io/v1': networking,
  'policy/v1': policy,
};

function modelProblems(model: Model, manifest: Manifest): string[] {
  try {
    new model(manifest).validate();
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

/**
 * Every reason why an object is not as the schema of its kind says; empty when it is. Schemas come
 * from npm packages for Kubernetes, cert-manager, KEDA, Prometheus and Strimzi (unknown fields pass),
 * and are generated from Dapr's module for Dapr (unknown fields are problems).
 */
export function manifestSchemaProblems(manifest: Manifest): string[] {
  const { apiVersion, kind, metadata } = manifest;
  const validator = validators[`${apiVersion}/${kind}`];
  const model = (MODELS[apiVersion] as Record<string, Model> | undefined)?.[kind];
  const problems =
    validator !== undefined
      ? validator(manifest)
        ? []
        : (validator.errors ?? []).map(
            ({ instancePath, message, params }) =>
              `${instancePath} ${message ?? 'is wrong'} ${JSON.stringify(params)}`,
          )
      : model !== undefined
        ? modelProblems(model, manifest)
        : ['no schema of this kind is known: add its package'];
  return problems.map((problem) => `${apiVersion} ${kind}/${metadata.name}: ${problem}`);
}
