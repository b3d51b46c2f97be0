import {
  type Findings,
  isObject,
  type Json,
  type JsonPath,
  listOf,
  objectOf,
  shown,
} from './findings.ts';
import {
  byteLength,
  imageProblem,
  labelNameProblem,
  parseQuantity,
  portNameProblem,
  portNumberProblem,
  subdomainProblem,
  variableNameProblem,
} from './kubernetes-syntax.ts';

/** Longest argument or `NAME=value` that Linux starts a program with, without its end. */
const MAX_ARGUMENT = 128 * 1024 - 1;
/** Most bytes of arguments and environment together, by the stack of 8 MiB that containers have. */
const MAX_ARGUMENTS = 2 * 1024 * 1024;

/** A port by number or, where that may be, by the name that a container gives it. */
export function checkPort(found: Findings, path: JsonPath, port: unknown): void {
  if (typeof port === 'number') {
    found.add(path, port, portNumberProblem(port));
  } else {
    found.text(path, port, portNameProblem);
  }
}

/** What a quantity comes to; undefined when it cannot be read. */
function amountOf(value: unknown): number | undefined {
  return typeof value === 'string' || typeof value === 'number'
    ? parseQuantity(String(value))
    : undefined;
}

/** One amount of a resource; what it comes to. */
function checkQuantity(found: Findings, path: JsonPath, value: unknown): number | undefined {
  if (value === undefined) {
    return undefined;
  }
  const amount = amountOf(value);
  const wrong = amount === undefined || amount < 0;
  found.add(
    path,
    value,
    wrong ? "is not a quantity: use e.g. '500m' for CPU and '512Mi' for memory" : undefined,
  );
  return wrong ? undefined : amount;
}

/** What is requested of each resource, and the limit of it. */
export function checkResources(found: Findings, path: JsonPath, resources: Json): void {
  const { requests, limits } = resources;
  for (const [name, limit] of Object.entries(objectOf(limits))) {
    const amount = checkQuantity(found, [...path, 'limits', name], limit);
    found.add(
      [...path, 'limits', name],
      limit,
      amount === 0 && ['cpu', 'memory'].includes(name)
        ? 'is not a limit to Kubernetes: use more, or leave it out'
        : undefined,
    );
  }
  for (const [name, request] of Object.entries(objectOf(requests))) {
    const amount = checkQuantity(found, [...path, 'requests', name], request);
    const limit = objectOf(limits)[name];
    const most = amountOf(limit);
    found.add(
      [...path, 'requests', name],
      request,
      amount !== undefined && most !== undefined && amount > most
        ? `exceeds the limit (${shown(limit)}), and no pod would be made: request at most that, or raise the limit`
        : undefined,
    );
    found.add(
      [...path, 'requests', name],
      request,
      amount === 0 && name === 'storage' ? 'is not a volume: use more' : undefined,
    );
  }
}

function checkEnv(found: Findings, path: JsonPath, env: unknown): void {
  listOf(env).forEach((variable, index) => {
    const { name, value } = objectOf(variable);
    found.name([...path, index, 'name'], name, variableNameProblem);
    found.text([...path, index, 'value'], value);
  });
  found.unique(path, env, ({ name }) => name);
}

/** What a program is started with: Linux takes no NUL in it, and not any size. */
function checkArguments(found: Findings, path: JsonPath, container: Json): void {
  const texts: (readonly [JsonPath, string])[] = [];
  for (const part of ['command', 'args']) {
    listOf(container[part]).forEach((text, index) => {
      found.text([...path, part, index], text);
      texts.push([[...path, part, index], String(text)]);
    });
  }
  listOf(container.env).forEach((variable, index) => {
    const { name, value = '' } = objectOf(variable);
    texts.push([[...path, 'env', index, 'value'], `${String(name)}=${String(value)}`]);
  });
  let total = 0;
  for (const [at, text] of texts) {
    const size = byteLength(text);
    total += size + 1;
    found.add(
      at,
      text,
      size > MAX_ARGUMENT
        ? `has ${size} bytes, and Linux starts no program with more than ${MAX_ARGUMENT} in one argument or variable: put it into a file`
        : text.includes('\0')
          ? 'has a NUL in it, which no program can be started with: leave it out'
          : undefined,
    );
  }
  found.add(
    path,
    container.name,
    total > MAX_ARGUMENTS
      ? `is started with ${total} bytes of arguments and variables, and Linux takes ${MAX_ARGUMENTS}: put some into files`
      : undefined,
  );
}

function checkContainer(found: Findings, path: JsonPath, container: Json, volumes: Set<unknown>) {
  const { name, image, ports, env, resources, volumeMounts } = container;
  found.name([...path, 'name'], name, labelNameProblem);
  found.text([...path, 'image'], image, imageProblem);
  const names = new Set<unknown>();
  listOf(ports).forEach((port, index) => {
    const { containerPort, hostPort, name: portName } = objectOf(port);
    names.add(portName);
    found.text([...path, 'ports', index, 'name'], portName, portNameProblem);
    for (const [key, value] of Object.entries({ containerPort, hostPort })) {
      if (value !== undefined) {
        found.add([...path, 'ports', index, key], value, portNumberProblem(value as number));
      }
    }
  });
  found.unique([...path, 'ports'], ports, (port) => port.name);
  found.unique([...path, 'ports'], ports, ({ containerPort, protocol = 'TCP' }) =>
    [containerPort, protocol].join('/'),
  );
  checkEnv(found, [...path, 'env'], env);
  checkArguments(found, path, container);
  checkResources(found, [...path, 'resources'], objectOf(resources));
  listOf(volumeMounts).forEach((mount, index) => {
    const { name: volume } = objectOf(mount);
    found.add(
      [...path, 'volumeMounts', index, 'name'],
      volume,
      volumes.has(volume) ? undefined : 'is not a volume of the pod: add it, or name another',
    );
  });
  found.unique([...path, 'volumeMounts'], volumeMounts, ({ mountPath }) => mountPath);
  for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
    for (const [how, action] of Object.entries(objectOf(container[probe]))) {
      const { port } = objectOf(action);
      if (port !== undefined) {
        const at = [...path, probe, how, 'port'];
        checkPort(found, at, port);
        found.add(
          at,
          port,
          typeof port === 'string' && !names.has(port)
            ? 'is not a port of the container: name one that it has'
            : undefined,
        );
      }
    }
  }
}

/** Everything in a pod that Kubernetes, or the node that runs it, would refuse. */
export function checkPod(
  found: Findings,
  path: JsonPath,
  pod: Json,
  claims: readonly unknown[] = [],
): void {
  const volumes = listOf(pod.volumes);
  const names = new Set([...volumes, ...claims].map((volume) => objectOf(volume).name));
  names.delete(undefined);
  for (const claim of claims) {
    names.add(objectOf(objectOf(claim).metadata).name);
  }
  volumes.forEach((volume, index) =>
    found.name([...path, 'volumes', index, 'name'], objectOf(volume).name, labelNameProblem),
  );
  found.unique([...path, 'volumes'], volumes, ({ name }) => name);
  found.text([...path, 'serviceAccountName'], pod.serviceAccountName, subdomainProblem);
  for (const kind of ['initContainers', 'containers']) {
    listOf(pod[kind]).forEach((container, index) => {
      if (isObject(container)) {
        checkContainer(found, [...path, kind, index], container, names);
      }
    });
  }
  found.unique([...path, 'containers'], pod.containers, ({ name }) => name);
  found.unique([...path, 'initContainers'], pod.initContainers, ({ name }) => name);
  const taken = new Set(listOf(pod.containers).map((container) => objectOf(container).name));
  listOf(pod.initContainers).forEach((container, index) => {
    const { name } = objectOf(container);
    const problem = 'is the name of another container of the pod: use another';
    found.add([...path, 'initContainers', index], name, taken.has(name) ? problem : undefined);
  });
  found.unique([...path, 'imagePullSecrets'], pod.imagePullSecrets, ({ name }) => name);
  found.unique([...path, 'hostAliases'], pod.hostAliases, ({ ip }) => ip);
  found.unique(
    [...path, 'topologySpreadConstraints'],
    pod.topologySpreadConstraints,
    ({ topologyKey, whenUnsatisfiable }) => [topologyKey, whenUnsatisfiable].join(', '),
  );
}
