/**
 * Encrypted volumes of EBS, for every claim that names no class: EKS has no default of its own, and
 * the scheduler of Dapr claims one.
 *
 * @see https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/parameters.md
 */
export const ENCRYPTED_VOLUMES = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: {
    name: 'gp3-encrypted',
    annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
  },
  provisioner: 'ebs.csi.aws.com',
  parameters: { type: 'gp3', encrypted: 'true' },
  allowVolumeExpansion: true,
  volumeBindingMode: 'WaitForFirstConsumer',
};
