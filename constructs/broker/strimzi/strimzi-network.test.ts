import { describe, expect, it } from 'vitest';
import type { AnyManifest } from '../../testing/fixtures.ts';
import { kafkaOf, strimzi } from '../../testing/strimzi.ts';

describe('network', () => {
  const namespace = (name: string) => ({
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
  });
  const pods = (name: string) => ({ podSelector: { matchLabels: { 'strimzi.io/name': name } } });
  const tcp = (...ports: number[]) => ports.map((port) => ({ port, protocol: 'TCP' }));
  const operator = {
    ...namespace('operators'),
    podSelector: { matchLabels: { 'strimzi.io/kind': 'cluster-operator' } },
  };
  const clients = [
    {
      podSelector: {
        matchExpressions: [
          {
            key: 'app.kubernetes.io/name',
            operator: 'In',
            values: ['order-processor', 'shop'],
          },
        ],
      },
    },
    namespace('keda'),
  ];
  const test = strimzi({ operatorNamespace: 'operators' });
  const policy = (name: string) => test.object('NetworkPolicy', name).spec as AnyManifest;

  it('lets apps and KEDA in, here and in the policy that Strimzi renders', () => {
    expect(policy('kafka-kafka-platform').ingress).toContainEqual({
      from: clients,
      ports: tcp(9093),
    });
    expect(kafkaOf(test).kafka.listeners[0].networkPolicyPeers).toEqual(clients);
    expect(test.object('NetworkPolicy', 'shop').spec.egress).toContainEqual({
      to: [pods('kafka-kafka')],
      ports: tcp(9093),
    });
  });

  it("lets Strimzi's parts talk to each other, and to Kubernetes", () => {
    const nodes = pods('kafka-kafka');
    const [entityOperator, exporter] = ['kafka-entity-operator', 'kafka-kafka-exporter'];
    expect(policy('kafka-kafka-platform').podSelector).toEqual(nodes.podSelector);
    expect(policy('kafka-kafka-platform').ingress.slice(0, 3)).toEqual([
      { from: [nodes, operator], ports: tcp(9090) },
      { from: [nodes, operator, pods(entityOperator), pods(exporter)], ports: tcp(9091) },
      { from: [operator], ports: tcp(8443) },
    ]);
    expect(policy('kafka-kafka-platform').egress).toEqual([
      { to: [nodes], ports: tcp(9090, 9091) },
      { ports: tcp(443, 6443) },
    ]);
    expect(policy(`${entityOperator}-platform`)).toMatchObject({
      ingress: [],
      egress: [{ to: [nodes], ports: tcp(9091) }, { ports: tcp(443, 6443) }],
    });
    expect(policy(`${exporter}-platform`)).toMatchObject({
      ingress: [{ from: [namespace('monitoring')], ports: tcp(9404) }],
      egress: [{ to: [nodes], ports: tcp(9091) }],
    });
  });
});
