import type { IConstruct } from 'constructs';
import type { ImageManifest } from '../contracts/index.ts';

/** A workload with a Dapr sidecar. */
export interface IDaprApp extends IConstruct {
  /** What the workload's image says of itself. */
  readonly manifest: ImageManifest;
  /** Dapr app id, and the name of the Deployment. */
  readonly appId: string;
}
