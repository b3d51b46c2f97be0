import type { k8s } from 'cdk8s-plus-27';

/**
 * Security context of every container of the platform: what PodSecurity `restricted` asks for, and
 * a root file system that cannot be written.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export const RESTRICTED_CONTAINER: k8s.SecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
};

/** A container as {@link restrictedPod} takes it. */
export type PodContainer = Omit<k8s.Container, 'securityContext'> & {
  /** Numeric user of its image, where it is not that of the pod. @default - the pod's */
  readonly user?: number;
};

/**
 * Pod of the platform: an unprivileged user runs its processes and owns its volumes, and nothing of the cluster
 * reaches it unasked. A pod that cannot call the API server has no token for it.
 *
 * @param user numeric.
 */
export function restrictedPod(
  user: number,
  spec: Omit<k8s.PodSpec, 'containers'> & { readonly containers: readonly PodContainer[] },
): k8s.PodSpec {
  return {
    automountServiceAccountToken: false,
    // Variables of Services could be taken for settings.
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: user,
      fsGroup: user,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
    ...spec,
    containers: spec.containers.map(({ user: own, ...container }) => ({
      ...container,
      securityContext: {
        ...RESTRICTED_CONTAINER,
        ...(own !== undefined && { runAsUser: own, runAsGroup: own }),
      },
    })),
  };
}
