import type { IConstruct } from 'constructs';
import type { AppManifest } from '@cdk8s-event-platform/contracts';
import type { CertificateFile } from '../security/certificate-file.ts';
import type { NetworkPeer } from '../security/network-policies.ts';
import type { SecretReference } from '../security/secret-reference.ts';

/** A workload with a Dapr sidecar. */
export interface IEventApp extends IConstruct {
  /** What the workload's image says of itself. */
  readonly manifest: AppManifest;
  /** Dapr app id, and the name of the Deployment. */
  readonly appId: string;
  /** Name of the ServiceAccount that its pods run as. */
  readonly serviceAccountName: string;
  /** Lets the workload's pods connect to something else. */
  allowEgress(peer: NetworkPeer): void;
  /** Gives the sidecar an environment variable with the value of a key of a Secret. */
  addSidecarSecret(variable: string, secret: SecretReference, key: string): void;
  /** Gives the sidecar a file with certificates, at its own path. */
  addSidecarFile(file: CertificateFile): void;
}
