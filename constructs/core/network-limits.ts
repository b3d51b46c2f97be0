import { type Findings, type Json, type JsonPath, listOf, objectOf } from './findings.ts';
import { cidrProblem, labelNameProblem, portNumberProblem } from './kubernetes-syntax.ts';
import { checkPort } from './pod-limits.ts';

/** Names and numbers of a Service's ports. */
export function checkService(found: Findings, { spec }: Json): void {
  const { ports, selector } = objectOf(spec);
  found.labels(['spec', 'selector'], objectOf(selector));
  listOf(ports).forEach((port, index) => {
    const { name, port: number, targetPort, nodePort } = objectOf(port);
    const at = ['spec', 'ports', index];
    found.text([...at, 'name'], name, labelNameProblem);
    found.add([...at, 'port'], number, portNumberProblem(number as number));
    checkPort(found, [...at, 'targetPort'], targetPort);
    if (nodePort !== undefined) {
      found.add([...at, 'nodePort'], nodePort, portNumberProblem(nodePort as number));
    }
  });
  found.unique(['spec', 'ports'], ports, ({ name }) => name);
  found.unique(['spec', 'ports'], ports, ({ port, protocol = 'TCP' }) =>
    [port, protocol].join('/'),
  );
}

/** An empty list in a rule means all of what it would name: nobody writes that by intention. */
export function checkNetworkPolicy(found: Findings, { spec }: Json): void {
  for (const [direction, end] of [
    ['ingress', 'from'],
    ['egress', 'to'],
  ] as const) {
    listOf(objectOf(spec)[direction]).forEach((rule, index) => {
      const at = ['spec', direction, index];
      for (const [key, everything] of [
        ['ports', 'opens every port'],
        [end, 'opens the ports to everybody'],
      ] as const) {
        const items = objectOf(rule)[key];
        found.add(
          [...at, key],
          items,
          Array.isArray(items) && items.length === 0
            ? `${everything}: name some, or remove the rule`
            : undefined,
        );
      }
      listOf(objectOf(rule).ports).forEach((item, place) => {
        const { port, endPort } = objectOf(item);
        checkPort(found, [...at, 'ports', place, 'port'], port);
        if (endPort !== undefined) {
          found.add(
            [...at, 'ports', place, 'endPort'],
            endPort,
            portNumberProblem(endPort as number),
          );
        }
      });
      listOf(objectOf(rule)[end]).forEach((item, place) =>
        checkPeer(found, [...at, end, place], objectOf(item)),
      );
    });
  }
}

function checkPeer(found: Findings, path: JsonPath, peer: Json): void {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  found.add(
    path,
    peer,
    (podSelector ?? namespaceSelector ?? ipBlock)
      ? undefined
      : 'names nobody: give it a podSelector, a namespaceSelector or an ipBlock, or leave the peers out for everybody',
  );
  const { cidr, except } = objectOf(ipBlock);
  found.text([...path, 'ipBlock', 'cidr'], cidr, cidrProblem);
  listOf(except).forEach((range, index) =>
    found.text([...path, 'ipBlock', 'except', index], range, cidrProblem),
  );
}
