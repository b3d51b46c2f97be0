import { k8s } from 'cdk8s-plus-27';
import { commonLabels, selectorLabels } from './names.ts';

/** A program of one pod. */
export interface SinglePodOptions {
  /** Name of the Deployment. */
  readonly name: string;
  /** What it is: value of the label `app.kubernetes.io/component`. */
  readonly component: string;
  readonly pod: k8s.PodSpec;
}

/** Deployment of a program that keeps what it knows in the memory of its one pod, or needs no second one. */
export function singlePod({ name, component, pod }: SinglePodOptions): k8s.KubeDeploymentProps {
  const labels = commonLabels(name, component);
  return {
    metadata: { name, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: selectorLabels(name) },
      template: { metadata: { labels }, spec: pod },
    },
  };
}

/** Ports of a container, by their names. */
export function containerPorts(ports: Readonly<Record<string, number>>): k8s.ContainerPort[] {
  return Object.entries(ports).map(([name, containerPort]) => ({ name, containerPort }));
}

/** Ports of a Service that are those of its pods, by their names. */
export function servicePorts(ports: Readonly<Record<string, number>>): k8s.ServicePort[] {
  return Object.entries(ports).map(([name, port]) => ({
    name,
    port,
    targetPort: k8s.IntOrString.fromString(name),
  }));
}
