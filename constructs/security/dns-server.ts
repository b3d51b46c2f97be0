import type { k8s } from 'cdk8s-plus-27';

/** A DNS server that pods may ask, over UDP and TCP. */
export class DnsServer {
  /** The server of most clusters: CoreDNS or kube-dns in `kube-system`. */
  public static kubeDns(): DnsServer {
    return DnsServer.pods('kube-system', { 'k8s-app': 'kube-dns' });
  }

  /**
   * The cache that runs on each node.
   *
   * @param address that it listens on. @default '169.254.20.10'
   * @see https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/
   */
  public static nodeLocal(address = '169.254.20.10'): DnsServer {
    return DnsServer.address(address);
  }

  /**
   * OpenShift's DNS operator.
   *
   * @see https://docs.redhat.com/en/documentation/openshift_container_platform/latest/html/networking_operators/dns-operator
   */
  public static openShift(): DnsServer {
    const labels = { 'dns.operator.openshift.io/daemonset-dns': 'default' };
    return DnsServer.pods('openshift-dns', labels, [5353]);
  }

  /** Pods of a namespace. @param ports that the pods themselves listen on. @default [53] */
  public static pods(
    namespace: string,
    labels: Readonly<Record<string, string>>,
    ports: readonly number[] = [53],
  ): DnsServer {
    return new DnsServer(
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        podSelector: { matchLabels: { ...labels } },
      },
      ports,
    );
  }

  /** A server at an address, IPv4 or IPv6. @param ports that it listens on. @default [53] */
  public static address(address: string, ports: readonly number[] = [53]): DnsServer {
    const cidr = `${address}/${address.includes(':') ? 128 : 32}`;
    return new DnsServer({ ipBlock: { cidr } }, ports);
  }

  private constructor(
    /** Where it is. */
    public readonly peer: k8s.NetworkPolicyPeer,
    /** Ports that it listens on. */
    public readonly ports: readonly number[],
  ) {}
}
