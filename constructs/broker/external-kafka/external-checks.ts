/** A host name of several labels, or an IPv4 address, and a port. */
const ADDRESS = /^(?<host>[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+):(?<port>\d+)$/;

/** Every reason why clients would not find these brokers; empty when they would. */
export function bootstrapProblems(servers: readonly string[]): string[] {
  if (servers.length === 0) {
    return ["bootstrapServers is empty: give one 'host:port' or more"];
  }
  const problems = servers.flatMap((server) => {
    if (!server.includes('://') && !/[\s,]/.test(server) && /^[^.:]+(:\d+)?$/.test(server)) {
      return [
        `bootstrap server '${server}' is not fully qualified, and KEDA would look for it in its own namespace: use the full name, e.g. '${server.split(':')[0]}.example.com:9092' or '${server.split(':')[0]}.<namespace>.svc.cluster.local:9092'`,
      ];
    }
    const { host, port } = ADDRESS.exec(server)?.groups ?? {};
    if (host === undefined || Number(port) < 1 || Number(port) > 65_535) {
      return [
        `bootstrap server '${server}' is not 'host:port': use e.g. 'kafka.example.com:9092', and one entry for each server`,
      ];
    }
    if (host.endsWith('.svc')) {
      return [
        `bootstrap server '${server}' is not fully qualified: use '${host}.cluster.local:${port}'`,
      ];
    }
    return [];
  });
  const twice = servers.find((server, index) => servers.indexOf(server) !== index);
  if (twice !== undefined) {
    problems.push(`bootstrap server '${twice}' is given twice: give each once`);
  }
  return problems;
}

/** Every reason why a prefix of consumer groups would not do; empty when it would. */
export function groupPrefixProblems(prefix: string): string[] {
  return /^[A-Za-z0-9._-]+$/.test(prefix)
    ? []
    : [
        `groupPrefix '${prefix}' is not plain: use letters, digits, '.', '_' and '-', and write the namespace out, since '{namespace}' makes Dapr prefix the names of topics`,
      ];
}

/** Every reason why MSK would not take users from these secrets; empty when it would. */
export function mskSecretProblems(names: readonly string[], kmsKeyArn: string): string[] {
  const problems = names
    .filter((name) => !name.startsWith('AmazonMSK_'))
    .map(
      (name) =>
        `awsSecretName '${name}' does not start with 'AmazonMSK_', and MSK takes no other secret: call it 'AmazonMSK_${name}'`,
    );
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    problems.push(
      `awsSecretName gives two clients the secret '${twice}', and a secret holds one user: put the name of the client into it`,
    );
  }
  if (
    !/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)\/.+$/.test(kmsKeyArn) ||
    kmsKeyArn.includes(':alias/aws/')
  ) {
    problems.push(
      `kmsKeyArn '${kmsKeyArn}' is not a key of yours, and MSK reads no secret that the default key of Secrets Manager encrypts: create a key and give its ARN, 'arn:aws:kms:<region>:<account>:key/<id>'`,
    );
  }
  return problems;
}
