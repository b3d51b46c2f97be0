import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { Manifests as RenderedManifests } from '../constructs/testing/index.ts';

/** Labels or annotations. */
type Words = Readonly<Record<string, string>>;

/** A container, as far as tests look into it. */
export interface Container {
  readonly image: string;
  readonly command: readonly string[];
  readonly args?: readonly string[];
  readonly env: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: {
      readonly secretKeyRef?: {
        readonly name: string;
        readonly key: string;
        readonly optional?: boolean;
      };
    };
  }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

/** A volume of a pod. */
export interface Volume {
  readonly name: string;
  readonly configMap?: { readonly name: string };
  readonly projected?: {
    readonly sources: readonly {
      readonly secret?: {
        readonly name: string;
        readonly items?: readonly { readonly key: string; readonly path: string }[];
      };
    }[];
  };
}

/** What pods are made from. */
export interface PodTemplate {
  readonly metadata: { readonly labels?: Words; readonly annotations?: Words };
  readonly spec: {
    readonly containers: readonly [Container, ...Container[]];
    readonly initContainers?: readonly Container[];
    readonly volumes?: readonly Volume[];
  };
}

/** A rendered object, as far as tests look into it; not every kind has every field. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Words;
    readonly annotations?: Words;
  };
  /** Of a ConfigMap. */
  readonly data: Words;
  readonly spec: {
    /** Of a workload. */
    readonly replicas?: number;
    readonly template: PodTemplate;
    /** Of a CronJob. */
    readonly jobTemplate?: { readonly spec: { readonly template: PodTemplate } };
    /** Of a StatefulSet. */
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
    /** Of a PrometheusRule. */
    readonly groups: readonly { readonly rules: readonly { readonly expr: string }[] }[];
  };
}

/** The objects of one environment, in the order of application. */
export class Manifests extends RenderedManifests<KubernetesObject> {
  /** Reads the `.yaml` files of a folder in the order of their names. */
  public static read(folder: string): Manifests {
    const files = readdirSync(folder)
      .filter((name) => name.endsWith('.yaml'))
      .sort();
    return new Manifests(
      files.flatMap((name) =>
        loadAll(readFileSync(join(folder, name), 'utf8')).map(
          (object) => object as KubernetesObject,
        ),
      ),
    );
  }

  /** Namespace of the platform. */
  public get namespace(): string {
    return this.ofKind('Namespace')[0]!.metadata.name;
  }
}
