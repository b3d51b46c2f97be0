import { Duration, Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { type ServerConfigOptions, serverConfig } from './server-config.ts';
import { NatsUsers, provisioningUser } from './nats-users.ts';

const options: ServerConfigOptions = {
  name: 'nats',
  headlessHost: 'nats-headless.ns.svc.cluster.local',
  replicas: 3,
  maxMessageSize: Size.mebibytes(1),
  storage: Size.gibibytes(100),
  syncInterval: undefined,
  users: undefined,
};

describe('serverConfig', () => {
  it('has what was confirmed on the disk, unless it is told otherwise', () => {
    expect(serverConfig(options)).toContain('  sync_interval: always\n');
    const lazy = serverConfig({ ...options, syncInterval: Duration.seconds(10) });
    expect(lazy).toContain('  sync_interval: "10000ms"\n');
  });

  it('refuses writes before the volume is full', () => {
    expect(serverConfig(options)).toContain('  max_file_store: 92160MB\n');
  });

  it('takes messages of the largest size with their headers', () => {
    expect(serverConfig(options)).toContain('max_payload: 1052672\n');
  });

  it('is a cluster with several servers, by their full names', () => {
    expect(serverConfig(options)).toContain(
      '    "nats-route://nats-2.nats-headless.ns.svc.cluster.local:6222"\n',
    );
    expect(serverConfig({ ...options, replicas: 1 })).not.toContain('cluster');
  });

  it('has no passwords in it', () => {
    const users = new NatsUsers();
    users.allowPublish('orders', 'web-shop');
    const config = serverConfig({ ...options, users: users.all });
    expect(config).toContain('user: "web-shop", password: $PASSWORD_OF_WEB_SHOP,');
    expect(serverConfig(options)).not.toContain('authorization');
  });

  it('renders as before', () => {
    const users = new NatsUsers();
    users.allowSubscribe('orders', 'shop');
    users.allowPublish('orders.shop.dlq', 'shop');
    expect(
      serverConfig({ ...options, users: [provisioningUser('nats-streams'), ...users.all] }),
    ).toMatchSnapshot();
  });
});

describe('NatsUsers', () => {
  it('lets a producer publish to its topic and hear that it was stored', () => {
    const users = new NatsUsers();
    users.allowPublish('orders', 'shop');
    expect(users.all).toEqual([{ name: 'shop', publish: ['orders'], subscribe: ['_INBOX.>'] }]);
  });

  it('lets a consumer use its own consumers and dead letters, and make or read nothing else', () => {
    const users = new NatsUsers();
    users.allowSubscribe('orders', 'billing');
    users.allowPublish('orders.billing.dlq', 'billing');
    expect(users.all).toEqual([
      {
        name: 'billing',
        publish: [
          '$JS.ACK.orders.billing.>',
          '$JS.API.CONSUMER.INFO.orders.billing',
          '$JS.API.STREAM.NAMES',
          'orders.billing.dlq',
        ],
        subscribe: ['_INBOX.>', '_deliver.orders.billing'],
      },
    ]);
  });
});
