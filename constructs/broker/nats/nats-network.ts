import { Construct } from 'constructs';
import { EventPlatform } from '../../platform/event-platform.ts';
import {
  podsOfNamespace,
  WorkloadNetworkPolicy,
  workloads,
} from '../../security/network-policies.ts';
import { NATS_PORTS } from './nats-names.ts';

/** Properties of {@link NatsNetwork}. */
export interface NatsNetworkProps {
  /** Name of the StatefulSet. */
  readonly name: string;
  /** Name of the exporter. */
  readonly exporter: string;
  /** Workloads that publish, receive or provision; called when everything is declared. */
  readonly clients: () => readonly string[];
}

/** Who may connect to the servers, and to what of them. */
export class NatsNetwork extends Construct {
  public constructor(scope: Construct, id: string, props: NatsNetworkProps) {
    super(scope, id);
    const { name, exporter, clients } = props;
    const { keda } = EventPlatform.of(this).operatorNamespaces;
    const servers = { peer: workloads(() => [name]), ports: Object.values(NATS_PORTS) };
    new WorkloadNetworkPolicy(this, 'policy', {
      name,
      workload: name,
      ingress: [
        servers,
        { peer: podsOfNamespace(keda), ports: [NATS_PORTS.monitoring] },
        { peer: workloads(() => [exporter]), ports: [NATS_PORTS.monitoring] },
        { peer: workloads(clients), ports: [NATS_PORTS.client] },
      ],
      egress: [servers],
    });
  }
}
