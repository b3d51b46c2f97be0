import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { FinishedObject } from './final-patches.ts';
import { shortHash } from '../core/names.ts';

/** Properties of {@link HashedJob}. */
export interface HashedJobProps {
  /** Name in front of the hash, labels and annotations. */
  readonly metadata: ApiObjectMetadata & { readonly name: string };
  /** What the Job runs. */
  readonly spec: k8s.JobSpec;
}

/**
 * A Job whose name ends in a hash of its specification. Kubernetes does not let a Job change: with
 * the hash, a changed specification is a new Job, and an unchanged one is left alone.
 */
export class HashedJob extends ApiObject implements FinishedObject {
  readonly #baseName: string;

  public constructor(scope: Construct, id: string, props: HashedJobProps) {
    super(scope, id, {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: props.metadata,
      spec: props.spec,
    });
    this.#baseName = props.metadata.name;
  }

  /** Renders the Job, named by what it runs. */
  public override toJson(): unknown {
    return this.finish(k8s.KubeJob.manifest(super.toJson() as k8s.KubeJobProps));
  }

  /** The rendered Job, patches included, named by what it runs. */
  public finish(rendered: unknown): unknown {
    const job = rendered as { readonly metadata: object; readonly spec: unknown };
    // Pods carry the name of their Job as a label, which ends at 63 characters.
    const name = `${this.#baseName.slice(0, 52)}-${shortHash(job.spec)}`;
    return { ...job, metadata: { ...job.metadata, name } };
  }
}
