import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ManagedProcess, type ProcessSpec } from '../../process.ts';
import { requireCommand, run } from '../../../scripts/toolchain.ts';

/** Addresses that documentation alone uses (RFC 5737), four for each machine: they are not routed. */
const LINKS = '198.51.100';

/** Settings of the kernel that a kubelet changes for all of the machine that it is on. */
const KERNEL_SETTINGS = [
  'kernel/keys/root_maxbytes',
  'kernel/keys/root_maxkeys',
  'kernel/panic',
  'kernel/panic_on_oops',
  'vm/overcommit_memory',
  'vm/panic_on_oom',
].map((name) => `/proc/sys/${name}`);

/** What the machine has of its own below `/`, so that nothing of the node is left on this one. */
const OWN_FOLDERS = ['/var/lib', '/var/log'];

/**
 * Cores that the node says it has at least: room for all that pods reserve when every consumer has work. On a
 * machine with fewer, they share what there is.
 */
const CORES = 16;
const CPUS = '/sys/devices/system/cpu';
const MEMORY_NODES = '/sys/devices/system/node';

/** Number of a link whose addresses are free. @throws Error when there is none. */
function freeLink(): number {
  const taken = run('ip', ['-4', '-o', 'address']);
  for (let link = 0; link < 64; link++) {
    if (!taken.includes(` ${LINKS}.${4 * link + 1}/`)) {
      return link;
    }
  }
  throw new Error(`all addresses of ${LINKS}.0/24 are taken: remove interfaces 'event-*'`);
}

/**
 * The first process of a machine, once it has all namespaces of its own.
 *
 * @throws Error with the output of the holder when it has ended.
 */
async function firstProcess(holder: ManagedProcess, program: string): Promise<string> {
  for (;;) {
    if (!holder.alive) {
      throw new Error(`no machine could be made:\n${holder.logEnd(10)}`);
    }
    const children = `/proc/${holder.pid}/task/${holder.pid}/children`;
    const child = readFileSync(children, 'utf8').trim();
    // It is another program until its mounts are its own.
    if (child !== '' && readlinkSync(`/proc/${child}/exe`) === program) {
      return child;
    }
    await sleep(20);
  }
}

/**
 * A machine for a node: network, processes, mounts and host name of its own, in namespaces of this one.
 * When it stops, the kernel ends whatever runs in it, and removes its mounts, rules and interfaces.
 */
export class Machine {
  /**
   * Starts an empty machine.
   *
   * @param pause program that does nothing, which is its first process.
   * @param folder for what it writes.
   */
  public static async start(pause: string, folder: string): Promise<Machine> {
    if (process.getuid?.() !== 0) {
      throw new Error('a node is made by root: use sudo, or install Docker and kind');
    }
    for (const command of ['unshare', 'nsenter', 'ip', 'mount', 'nft', 'sysctl']) {
      requireCommand(command);
    }
    const settings = KERNEL_SETTINGS.map((path) => [path, readFileSync(path, 'utf8')] as const);
    const holder = await new ManagedProcess({
      name: 'machine',
      command: 'unshare',
      args: [
        ...['--mount', '--net', '--pid', '--ipc', '--uts', '--fork', '--mount-proc'],
        ...['--kill-child=SIGKILL', pause],
      ],
      log: join(folder, 'logs', 'machine.log'),
    }).start();
    const machine = new Machine(
      holder,
      await firstProcess(holder, pause),
      freeLink(),
      folder,
      settings,
    );
    machine.#connect();
    machine.#furnish();
    return machine;
  }

  private constructor(
    private readonly holder: ManagedProcess,
    private readonly pid: string,
    private readonly link: number,
    private readonly folder: string,
    private readonly settings: readonly (readonly [path: string, value: string])[],
  ) {
    // Whatever ends the run: processes are ended before this.
    process.on('exit', this.#tidy);
  }

  /** Where this machine reaches it. */
  public get address(): string {
    return `${LINKS}.${4 * this.link + 2}`;
  }

  /** Folder of the control groups of everything in it, below each hierarchy's root. */
  public get cgroup(): string {
    return `/event-platform-${this.pid}`;
  }

  /** Runs a command in it and returns its output. */
  public run(command: string, args: readonly string[], input?: string): string {
    const [first, ...rest] = this.#enter(command, args);
    const result = spawnSync(first!, rest, { encoding: 'utf8', input });
    if (result.status !== 0) {
      throw new Error(`${command} ${args.slice(0, 3).join(' ')} … failed:\n${result.stderr}`);
    }
    return result.stdout;
  }

  /** Starts a process in it. */
  public start(spec: ProcessSpec): Promise<ManagedProcess> {
    const [command, ...args] = this.#enter(spec.command, spec.args);
    return new ManagedProcess({ ...spec, command: command!, args }).start();
  }

  /** Ends it with everything that runs in it. */
  public async stop(): Promise<void> {
    await this.holder.stop('SIGKILL');
    this.#tidy();
  }

  #enter(command: string, args: readonly string[]): string[] {
    return ['nsenter', `--target=${this.pid}`, '--all', '--wd=/', '--', command, ...args];
  }

  /** A cable from this machine to that one. */
  #connect(): void {
    const [here, there] = [`event-${this.pid}`, 'eth0'];
    const at = (host: number) => `${LINKS}.${4 * this.link + host}`;
    const peer = ['peer', 'name', there, 'netns', this.pid];
    run('ip', ['link', 'add', here, 'type', 'veth', ...peer]);
    run('ip', ['address', 'add', `${at(1)}/30`, 'dev', here]);
    run('ip', ['link', 'set', here, 'up']);
    this.run('ip', ['address', 'add', `${at(2)}/30`, 'dev', there]);
    this.run('ip', ['link', 'set', there, 'up']);
    this.run('ip', ['link', 'set', 'lo', 'up']);
    this.run('ip', ['route', 'add', 'default', 'via', at(1)]);
    this.run('sysctl', ['-q', '-w', 'net.ipv4.ip_forward=1']);
    this.run('hostname', ['node']);
  }

  /** Folders of its own, and control groups. */
  #furnish(): void {
    this.run('mount', ['--make-rshared', '/']);
    this.run('mount', ['-t', 'tmpfs', 'tmpfs', '/run']);
    for (const path of OWN_FOLDERS) {
      const own = join(this.folder, path);
      mkdirSync(own, { recursive: true });
      this.run('mount', ['--bind', own, path]);
    }
    for (const root of cgroupRoots()) {
      mkdirSync(join(root, this.cgroup), { recursive: true });
    }
    this.#pretendCores();
  }

  /**
   * A kubelet counts the cores of each node of memory: here it finds several nodes, each with the cores
   * that there are.
   */
  #pretendCores(): void {
    const cpus = readdirSync(CPUS).filter((name) => /^cpu\d+$/.test(name));
    if (cpus.length >= CORES) {
      return;
    }
    const memory = join(this.folder, 'memory-nodes');
    const nodes = Array.from({ length: Math.ceil(CORES / cpus.length) }, (_, node) => node);
    for (const node of nodes) {
      const own = join(memory, `node${node}`);
      mkdirSync(own, { recursive: true });
      cpus.forEach((cpu) => symlinkSync(join(CPUS, cpu), join(own, cpu)));
      writeFileSync(join(own, 'meminfo'), readFileSync(join(MEMORY_NODES, 'node0', 'meminfo')));
      writeFileSync(join(own, 'distance'), nodes.map(() => '10').join(' '));
    }
    this.run('mount', ['--bind', memory, MEMORY_NODES]);
  }

  /** What the kernel does not remove with the machine: settings, and empty control groups. */
  readonly #tidy = (): void => {
    process.removeListener('exit', this.#tidy);
    for (const [path, value] of this.settings.filter(
      ([at, was]) => readFileSync(at, 'utf8') !== was,
    )) {
      writeFileSync(path, value);
    }
    for (const folder of cgroupRoots().map((root) => join(root, this.cgroup))) {
      // A group can go when the last of its processes has gone.
      for (let attempt = 0; existsSync(folder) && attempt < 50; attempt++) {
        spawnSync('find', [folder, '-depth', '-type', 'd', '-delete']);
        spawnSync('sleep', ['0.1']);
      }
    }
  };
}

/** Roots of the hierarchies of control groups: one in version 2, one for each controller in version 1. */
function cgroupRoots(): string[] {
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , type]) => type === 'cgroup' || type === 'cgroup2')
    .map(([, path]) => path!);
}
