import { App } from 'cdk8s';
import { DnsServer, Environment, EventPlatform } from 'cdk8s-event-platform';

export const platform = new EventPlatform(new App(), 'orders', {
  environment: Environment.local(),
  createNamespace: false, // it exists, with labels of its own
  defaults: {
    labels: { team: 'orders' },
    tolerations: [{ key: 'events', operator: 'Exists' }],
    imagePullSecrets: ['mirror'],
    cpuLimit: '2', // of containers and sidecars that have none
    dns: [DnsServer.kubeDns(), DnsServer.nodeLocal()],
    monitors: { labels: { release: 'kube-prometheus-stack' } },
    rules: { labels: { release: 'kube-prometheus-stack' } },
  },
});
