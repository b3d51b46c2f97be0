import { Construct } from 'constructs';
import { assignLayer, Layer } from '../../platform/layers.ts';
import { commonLabels } from '../../core/names.ts';
import { TriggerAuthentication } from '../../imports/keda.sh.ts';
import type { SecretReference } from '../../security/secret-reference.ts';

/** Properties of {@link KedaLogin}. */
export interface KedaLoginProps {
  /** Name of the broker. */
  readonly name: string;
  /** KEDA's account. */
  readonly account: SecretReference;
}

/**
 * Gives KEDA an account of its own.
 *
 * @see https://keda.sh/docs/2.20/scalers/rabbitmq-queue/
 */
export class KedaLogin extends Construct {
  /** Name that triggers refer to. */
  public readonly name: string;
  /** The generated TriggerAuthentication. */
  public readonly authentication: TriggerAuthentication;

  public constructor(scope: Construct, id: string, props: KedaLoginProps) {
    super(scope, id);
    assignLayer(this, Layer.SCALING_AND_ALERTS);
    this.name = `${props.name}-keda`;
    const { account } = props;
    this.authentication = new TriggerAuthentication(this, 'login', {
      metadata: { name: this.name, labels: commonLabels(props.name, 'scaler') },
      spec: {
        secretTargetRef: ['username', 'password'].map((key) => ({
          parameter: key,
          name: account.name,
          key,
        })),
      },
    });
  }
}
