import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { RabbitMqCluster } from './rabbitmq-cluster.ts';
import { TestPlatform } from '../../testing/fixtures.ts';
import { ipv6Files } from './ipv6-files.ts';

/** What the sourced file sets for a pod with this address. */
function settings(address: string): string[] {
  const script = `${ipv6Files('/etc/rabbitmq')['rabbitmq-env.conf']!}
for name in CONFIG_FILES SERVER_ADDITIONAL_ERL_ARGS CTL_ERL_ARGS; do echo "\${!name:-}"; done`;
  const env = { PATH: process.env.PATH, POD_IP: address };
  return execFileSync('bash', ['--norc', '-euc', script], { encoding: 'utf8', env })
    .trimEnd()
    .split('\n');
}

it('has servers and tools use IPv6 in a pod that has such an address', () => {
  const erlang = "-kernel inetrc '/etc/rabbitmq/erl_inetrc' -proto_dist inet6_tcp";
  expect(settings('fd00:1::10')).toEqual(['/etc/rabbitmq/ipv6.conf', erlang, erlang]);
});

it('changes nothing in any other pod', () => {
  expect(settings('10.0.0.1')).toEqual(['']);
});

it('is where a server looks for it, with the address of the pod', () => {
  const test = new TestPlatform(undefined, (platform) => new RabbitMqCluster(platform, 'rabbitmq'));
  test.producer();
  const [container] = test.object('StatefulSet', 'rabbitmq').spec.template.spec.containers;
  expect(container.env).toContainEqual({
    name: 'POD_IP',
    valueFrom: { fieldRef: { fieldPath: 'status.podIP' } },
  });
  expect(container.volumeMounts).toContainEqual(
    expect.objectContaining({ name: 'config', mountPath: '/etc/rabbitmq' }),
  );
  const { data } = test.object('ConfigMap', 'rabbitmq-config');
  expect(Object.keys(data as object)).toEqual(
    expect.arrayContaining(['rabbitmq-env.conf', 'erl_inetrc', 'ipv6.conf']),
  );
});
