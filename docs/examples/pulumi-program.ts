import { clusterProvider, generatedSecret, PlatformObjects } from '@cdk8s-event-platform/pulumi';
import * as pulumi from '@pulumi/pulumi';
import { platform } from './shortest-platform.ts';

const context = new pulumi.Config().require('kubeContext');
const provider = clusterProvider({ context });
new PlatformObjects('orders', { platform, secret: generatedSecret() }, { provider });

export const { namespace } = platform.environment;
