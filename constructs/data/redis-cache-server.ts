import { Size, SizeRoundingBehavior } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { commonLabels, selectorLabels } from '../core/names.ts';
import { resources } from '../core/quantities.ts';
import { containerPorts, servicePorts } from '../core/workloads.ts';
import { CacheAlerts } from '../observability/cache-alerts.ts';
import { MetricSource } from '../observability/metric-source.ts';
import { MetricsScrape } from '../observability/metrics-scrape.ts';
import { EventPlatform } from '../platform/event-platform.ts';
import { podsOfNamespace, WorkloadNetworkPolicy, workloads } from '../security/network-policies.ts';
import { restrictedPod } from '../security/pod-security.ts';
import type { SecretReference } from '../security/secret-reference.ts';

/** What a full cache forgets first. @see https://redis.io/docs/latest/develop/reference/eviction/ */
export enum EvictionPolicy {
  /** What was not used for the longest time. */
  LEAST_RECENTLY_USED = 'allkeys-lru',
  /** What is used least often. */
  LEAST_FREQUENTLY_USED = 'allkeys-lfu',
  /** What would be over soonest; values without a time stay, and a cache full of them refuses more. */
  SHORTEST_TTL = 'volatile-ttl',
  /** Nothing: a full cache refuses more. For state that is more than a copy, such as sessions. */
  NONE = 'noeviction',
}

/** Properties of {@link RedisCacheServer}. */
export interface RedisCacheServerProps {
  readonly name: string;
  readonly image: string;
  readonly exporterImage: string;
  /** Memory limit of the server. */
  readonly memory: Size;
  readonly evictionPolicy: EvictionPolicy;
  /** Keys `username` and `password` of sidecars, `exporter-password`, and {@link TOOLS_LOGIN}'s. */
  readonly credentials: SecretReference;
  /** Workloads that connect; called when everything is declared. */
  readonly clients: () => readonly string[];
}

/** Port of the server. */
export const CACHE_PORT = 6379;
const METRICS_PORT = 9121;
/** User id of `redis` in Redis' image, and of `valkey` in Valkey's. */
const USER = 999;
const FOLDER = '/tmp';
/** Share of the limit that values may take: the rest is for connections and fragments. */
const VALUES = 0.75;

/** What Dapr's client says when it connects and when it is asked about state, on keys of any name. */
const CLIENT_RIGHTS =
  '~* resetchannels -@all +ping +hello +auth +client|setname +info +module|list +eval +hgetall +hget +hset +hincrby +get +del +expire +persist +wait';
/** How the pod of the EventTools logs in: as a user that sees the names of keys, and nothing of their values. */
export const TOOLS_LOGIN = { username: 'tools', passwordKey: 'tools-password' } as const;
const TOOLS_RIGHTS = 'resetkeys resetchannels -@all +auth +hello +ping +scan';
const EXPORTER_RIGHTS =
  'resetkeys resetchannels -@all +ping +hello +auth +info +client|setname +select +slowlog|get +slowlog|len +latency|latest +latency|histogram';

/** Starts the server with accounts from its environment, and nothing on a disk. */
export function cacheScript({
  memory,
  evictionPolicy,
}: Pick<RedisCacheServerProps, 'memory' | 'evictionPolicy'>): string {
  const mebibytes = memory.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR });
  return `umask 077
{
  echo 'user default off resetkeys resetchannels -@all'
  echo "user $CACHE_USERNAME on >$CACHE_PASSWORD ${CLIENT_RIGHTS}"
  echo "user exporter on >$EXPORTER_PASSWORD ${EXPORTER_RIGHTS}"
  echo "user ${TOOLS_LOGIN.username} on >$TOOLS_PASSWORD ${TOOLS_RIGHTS}"
} >${FOLDER}/users.acl
cat >${FOLDER}/cache.conf <<'END'
port ${CACHE_PORT}
protected-mode no
dir ${FOLDER}
aclfile ${FOLDER}/users.acl
save ""
appendonly no
maxmemory ${Math.floor(mebibytes * VALUES)}mb
maxmemory-policy ${evictionPolicy}
tcp-keepalive 30
END
server=$(command -v valkey-server || command -v redis-server)
exec "$server" ${FOLDER}/cache.conf
`;
}

/**
 * A server that has everything in memory. A StatefulSet, although there is no volume: Kubernetes never runs two pods of
 * one name, between which an invalidation could miss those who read.
 */
export class RedisCacheServer extends Construct {
  /** The generated StatefulSet. */
  public readonly statefulSet: k8s.KubeStatefulSet;
  /** The generated Service. */
  public readonly service: k8s.KubeService;

  public constructor(scope: Construct, id: string, props: RedisCacheServerProps) {
    super(scope, id);
    const { name } = props;
    const labels = commonLabels(name, 'cache');
    this.service = new k8s.KubeService(this, 'service', {
      metadata: { name, labels },
      spec: { selector: selectorLabels(name), ports: servicePorts({ client: CACHE_PORT }) },
    });
    this.statefulSet = new k8s.KubeStatefulSet(this, 'stateful-set', {
      metadata: { name, labels },
      spec: {
        serviceName: name,
        replicas: 1,
        selector: { matchLabels: selectorLabels(name) },
        template: { metadata: { labels }, spec: podOf(props) },
      },
    });
    new WorkloadNetworkPolicy(this, 'network', {
      name,
      workload: name,
      ingress: [
        { peer: workloads(props.clients), ports: [CACHE_PORT] },
        {
          peer: podsOfNamespace(EventPlatform.of(this).operatorNamespaces.monitoring),
          ports: [METRICS_PORT],
        },
      ],
    });
    new MetricsScrape(this, 'scrape', {
      name,
      ports: ['metrics'],
      sources: [MetricSource.REDIS_EXPORTER],
    });
    new CacheAlerts(this, 'alerts', { name });
  }
}

function podOf(props: RedisCacheServerProps): k8s.PodSpec {
  const fromSecret = (name: string, key: string): k8s.EnvVar => ({
    name,
    valueFrom: { secretKeyRef: { name: props.credentials.name, key } },
  });
  return restrictedPod(USER, {
    // What is in memory is gone in any case.
    terminationGracePeriodSeconds: 5,
    containers: [
      {
        name: 'cache',
        image: props.image,
        command: ['/bin/sh', '-ec', cacheScript(props)],
        env: [
          fromSecret('CACHE_USERNAME', 'username'),
          fromSecret('CACHE_PASSWORD', 'password'),
          fromSecret('EXPORTER_PASSWORD', 'exporter-password'),
          fromSecret('TOOLS_PASSWORD', TOOLS_LOGIN.passwordKey),
        ],
        ports: containerPorts({ client: CACHE_PORT }),
        readinessProbe: {
          tcpSocket: { port: k8s.IntOrString.fromString('client') },
          periodSeconds: 5,
        },
        resources: resources({
          cpuRequest: '100m',
          memoryRequest: props.memory,
          memoryLimit: props.memory,
        }),
        volumeMounts: [{ name: 'tmp', mountPath: FOLDER }],
      },
      {
        name: 'exporter',
        image: props.exporterImage,
        command: ['/redis_exporter'],
        env: [
          { name: 'REDIS_ADDR', value: `redis://127.0.0.1:${CACHE_PORT}` },
          { name: 'REDIS_EXPORTER_CONFIG_COMMAND', value: '-' },
          { name: 'REDIS_USER', value: 'exporter' },
          fromSecret('REDIS_PASSWORD', 'exporter-password'),
        ],
        ports: containerPorts({ metrics: METRICS_PORT }),
        readinessProbe: {
          httpGet: { path: '/health', port: k8s.IntOrString.fromString('metrics') },
        },
        resources: resources({ cpuRequest: '20m', memoryRequest: Size.mebibytes(64) }),
      },
    ],
    volumes: [{ name: 'tmp', emptyDir: {} }],
  });
}
