import { Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { AppendFsync, type RedisFilesOptions, sentinelConf } from './server-files.ts';
import { startRedis, startSentinel } from './start-scripts.ts';

const three: RedisFilesOptions = {
  name: 'redis',
  headlessHost: 'redis-headless.ns.svc.cluster.local',
  replicas: 3,
  minInSyncReplicas: 2,
  appendFsync: AppendFsync.ALWAYS,
  memory: Size.gibibytes(4),
  maxMessageSize: Size.mebibytes(1),
  failoverMilliseconds: 30_000,
  authentication: true,
};
const one: RedisFilesOptions = { ...three, replicas: 1, authentication: false };

describe('the scripts of the servers', () => {
  it('do not start a primary on a new volume while others have its streams', () => {
    const script = startRedis(three);
    expect(script).toContain('[ -d /data/appendonlydir ] || ! others_have_streams');
    expect(script.indexOf('until may_start')).toBeLessThan(script.indexOf('exec redis-server'));
    expect(startRedis(one)).not.toContain('sentinel');
  });

  it('have a password in files of the pod only', () => {
    expect(startRedis(three)).toMatch(/^umask 077\n/);
    expect(startRedis(three)).not.toMatch(/exec redis-server .*(auth|pass)/i);
  });

  it('keep what a Sentinel has learned, and nothing that is declared', () => {
    expect(startSentinel(three)).toContain(
      "known='^sentinel (myid|monitor|config-epoch|leader-epoch|current-epoch|known-replica|known-sentinel) '",
    );
    expect(startSentinel(three)).toContain('6379 2"');
    expect(startSentinel({ ...three, replicas: 5 })).toContain('6379 3"');
  });

  it('tell who the primary is without a password, and take no orders without one', () => {
    const anonymous = sentinelConf(three)
      .split('\n')
      .find((line) => line.startsWith('user default '));
    expect(anonymous).toContain(' -@all ');
    expect(anonymous).not.toMatch(/\+(@|sentinel( |$)|sentinel\|(failover|set|remove|reset))/);
    expect(sentinelConf({ ...three, authentication: false })).not.toContain('user ');
  });
});
