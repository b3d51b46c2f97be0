import { Construct } from 'constructs';
import { EventPlatform } from '../../platform/event-platform.ts';
import {
  podsOfNamespace,
  WorkloadNetworkPolicy,
  workloads,
} from '../../security/network-policies.ts';
import { RABBITMQ_PORTS } from './server-config.ts';

/** Properties of {@link RabbitMqNetwork}. */
export interface RabbitMqNetworkProps {
  /** Name of the StatefulSet. */
  readonly name: string;
  /** Workloads that call the HTTP API, such as the provisioning Job; asked for when everything is declared. */
  readonly managers: () => readonly string[];
  /** Whether servers talk to each other. */
  readonly clustered: boolean;
  /** App ids that have been granted something; asked for when everything is declared. */
  readonly clients: () => readonly string[];
}

/** Who may connect to the servers, and to what of them. */
export class RabbitMqNetwork extends Construct {
  public constructor(scope: Construct, id: string, props: RabbitMqNetworkProps) {
    super(scope, id);
    const { name, managers, clustered, clients } = props;
    const { keda, monitoring } = EventPlatform.of(this).operatorNamespaces;
    const { amqp, management, prometheus, epmd, distribution } = RABBITMQ_PORTS;
    const servers = { peer: workloads(() => [name]), ports: [epmd, distribution] };
    new WorkloadNetworkPolicy(this, 'policy', {
      name,
      workload: name,
      ingress: [
        { peer: workloads(clients), ports: [amqp] },
        { peer: workloads(managers), ports: [management] },
        { peer: podsOfNamespace(keda), ports: [management] },
        { peer: podsOfNamespace(monitoring), ports: [prometheus] },
        ...(clustered ? [servers] : []),
      ],
      ...(clustered && { egress: [servers] }),
    });
  }
}
