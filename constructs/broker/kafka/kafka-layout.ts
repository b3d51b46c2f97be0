import { Size } from 'cdk8s';
import type { Environment } from '../../platform/environment.ts';
import { kafkaServers } from '../kafka-protocol/kafka-options.ts';
import type { KafkaClusterProps, KafkaControllersProps } from './kafka-cluster-props.ts';
import type { Quorum } from './server-properties.ts';

/** Node id of the first controller, where controllers are pods of their own. */
const FIRST_CONTROLLER_ID = 1000;

/** Controllers that are pods of their own. */
export interface KafkaControllers extends Required<KafkaControllersProps> {
  /** Name of their StatefulSet. */
  readonly name: string;
}

/** Pods of a cluster: how many there are, what they get, and who votes. */
export interface KafkaLayout extends ReturnType<typeof kafkaServers> {
  /** Name of the brokers' StatefulSet. */
  readonly name: string;
  /** Undefined where each broker is a controller, too. */
  readonly controllers: KafkaControllers | undefined;
  readonly quorum: Quorum;
}

/**
 * What the options of a cluster come to in an environment.
 *
 * @param hostOf full DNS name of a Service.
 */
export function kafkaLayout(
  environment: Environment,
  { name = 'kafka', ...props }: KafkaClusterProps,
  hostOf: (service: string) => string,
): KafkaLayout {
  const servers = kafkaServers(environment, props);
  const wanted = props.controllers ?? environment.production;
  const controllers =
    wanted === false
      ? undefined
      : {
          name: `${name}-controller`,
          replicas: 3,
          storage: Size.gibibytes(10),
          memory: Size.gibibytes(1),
          ...(wanted === true ? {} : wanted),
        };
  const voters = controllers ?? { name, replicas: servers.replicas };
  return {
    ...servers,
    name,
    controllers,
    quorum: {
      name: voters.name,
      replicas: voters.replicas,
      headlessHost: hostOf(`${voters.name}-headless`),
      firstId: controllers === undefined ? 0 : FIRST_CONTROLLER_ID,
    },
  };
}
