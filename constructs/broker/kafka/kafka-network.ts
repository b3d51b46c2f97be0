import type { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { EventPlatform } from '../../platform/event-platform.ts';
import {
  type NetworkPeer,
  podsOfNamespace,
  WorkloadNetworkPolicy,
  workloads,
} from '../../security/network-policies.ts';
import { JMX_METRICS_PORT } from './jmx-exporter.ts';
import { KAFKA_PORTS } from './server-properties.ts';

/** Properties of {@link KafkaNetwork}. */
export interface KafkaNetworkProps {
  /** Name of the brokers' StatefulSet. */
  readonly brokers: string;
  /** Name of the controllers' StatefulSet; undefined where brokers are controllers. */
  readonly controllers: string | undefined;
  /** Workload that administers the cluster as its servers connect to each other. @default - none */
  readonly administrator: string | undefined;
  /** Whether the nodes serve metrics to Prometheus. */
  readonly monitored: boolean;
  /** Workloads that are clients; asked for when everything is declared. */
  readonly clients: () => readonly string[];
  /** Clients in other namespaces; asked for when everything is declared. */
  readonly outsiders: () => readonly k8s.NetworkPolicyPeer[];
}

/** Who may connect to the nodes of a cluster, and the nodes to each other. */
export class KafkaNetwork extends Construct {
  public constructor(scope: Construct, id: string, props: KafkaNetworkProps) {
    super(scope, id);
    const { brokers, controllers } = props;
    const namespaces = EventPlatform.of(this).operatorNamespaces;
    const { client, internal, controller } = KAFKA_PORTS;
    const nodes = workloads(() => [brokers, ...(controllers === undefined ? [] : [controllers])]);
    const monitoring: NetworkPeer[] = props.monitored
      ? [{ peer: podsOfNamespace(namespaces.monitoring), ports: [JMX_METRICS_PORT] }]
      : [];
    const { administrator } = props;
    const toControllers: NetworkPeer =
      controllers === undefined
        ? { peer: workloads(() => [brokers]), ports: [client, internal, controller] }
        : { peer: workloads(() => [controllers]), ports: [controller] };
    const toBrokers: NetworkPeer = { peer: workloads(() => [brokers]), ports: [client, internal] };

    new WorkloadNetworkPolicy(this, 'brokers', {
      name: brokers,
      workload: brokers,
      ingress: () => [
        ...(controllers === undefined ? [toControllers] : [toBrokers]),
        { peer: podsOfNamespace(namespaces.keda), ports: [client] },
        { peer: workloads(props.clients), ports: [client] },
        ...props.outsiders().map((peer) => ({ peer, ports: [client] })),
        ...(administrator === undefined
          ? []
          : [{ peer: workloads(() => [administrator]), ports: [internal] }]),
        ...monitoring,
      ],
      egress: controllers === undefined ? [toControllers] : [toBrokers, toControllers],
    });
    if (controllers !== undefined) {
      new WorkloadNetworkPolicy(this, 'controllers', {
        name: controllers,
        workload: controllers,
        ingress: [{ peer: nodes, ports: [controller] }, ...monitoring],
        egress: [toControllers],
      });
    }
  }
}
