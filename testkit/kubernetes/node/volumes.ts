import type { Machine } from './machine.ts';

const FOLDER = '/var/lib/volumes';
/** Volumes that claims can have: more than the platform and its operators ask for. */
const COUNT = 12;

/** A default class of volumes, and volumes in folders of the node. Nothing makes more when they are used. */
export function volumes(machine: Machine): object[] {
  const names = Array.from({ length: COUNT }, (_, index) => `volume-${index}`);
  machine.run('mkdir', ['-p', ...names.map((name) => `${FOLDER}/${name}`)]);
  return [
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: {
        name: 'standard',
        annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
      },
      provisioner: 'kubernetes.io/no-provisioner',
      volumeBindingMode: 'WaitForFirstConsumer',
    },
    ...names.map((name) => ({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name },
      spec: {
        capacity: { storage: '20Gi' },
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'standard',
        local: { path: `${FOLDER}/${name}` },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              {
                matchExpressions: [
                  { key: 'kubernetes.io/hostname', operator: 'In', values: ['node'] },
                ],
              },
            ],
          },
        },
      },
    })),
  ];
}
