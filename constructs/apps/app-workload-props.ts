import type { Duration } from 'cdk8s';
import type { AppManifest } from '@cdk8s-event-platform/contracts';
import type { DaprPubSub } from '../dapr/dapr-pub-sub.ts';
import type { PostgresDatabase } from '../data/postgres-database.ts';
import type { ConfigFiles } from '../platform/config-files.ts';
import type { NetworkPeer } from '../security/network-policies.ts';
import type { k8s } from 'cdk8s-plus-27';
import type { PodContainer } from '../security/pod-security.ts';
import type { AppOptions } from './app-options.ts';

/** Properties of AppWorkload. */
export interface AppWorkloadProps extends AppOptions {
  readonly manifest: AppManifest;
  readonly pubSub: DaprPubSub;
  /** What the app is, for its labels: `producer` or `consumer`. */
  readonly component: string;
  /** Pods, where no scaler says how many. */
  readonly replicas: () => number | undefined;
  /** The app's database. @default - none */
  readonly database?: PostgresDatabase | undefined;
  /** Name of the image, where it is one of the platform itself. @default - the app id, from the images of apps */
  readonly platformImage?: string;
  /** Files that the app reads when it starts, and the folder that they are mounted at. @default - none */
  readonly files?: { readonly content: ConfigFiles; readonly folder: string };
  /** Further containers of the pods, and their volumes. @default - none */
  readonly companions?: {
    readonly containers: readonly PodContainer[];
    readonly volumes: readonly k8s.Volume[];
  };
  /** Path that daprd probes before it delivers. */
  readonly healthPath: string;
  /** How long a rollout waits for a pod to be ready. @default - 10 minutes, as Kubernetes does */
  readonly progressDeadline?: Duration | undefined;
  /** Who else may connect to the app. @default - nobody */
  readonly ingress?: readonly NetworkPeer[];
}
