import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { commonLabels } from '../core/names.ts';

/** Properties of {@link CertificateFile}. */
export interface CertificateFileProps {
  /** Name of the ConfigMap, and of the volume. */
  readonly name: string;
  /** Certificates, as PEM. */
  readonly certificates: string;
}

/** Certificates of an authority, for pods that have to know it: no secret, so a ConfigMap. */
export class CertificateFile extends Construct {
  /** Where containers have the file. */
  public readonly path: string;
  /** Volume of a pod. */
  public readonly volume: k8s.Volume;
  /** Mount of a container. */
  public readonly mount: k8s.VolumeMount;
  /** The generated ConfigMap. */
  public readonly configMap: k8s.KubeConfigMap;

  public constructor(scope: Construct, id: string, props: CertificateFileProps) {
    super(scope, id);
    const { name, certificates } = props;
    const folder = `/etc/${name}`;
    this.configMap = new k8s.KubeConfigMap(this, 'certificates', {
      metadata: { name, labels: commonLabels(name, 'certificates') },
      data: { 'ca.crt': certificates },
    });
    this.path = `${folder}/ca.crt`;
    this.volume = { name, configMap: { name } };
    this.mount = { name, mountPath: folder, readOnly: true };
  }
}
