/** The first packet of a connection. */
export interface Connection {
  readonly source: string;
  readonly destination: string;
  readonly port: number;
  readonly protocol: string;
}

/** Where the kernel asks: `forward` for what goes on, `input` for what goes to the node itself. */
export type Hook = 'forward' | 'input';

type Verdict = 'drop' | 'return';
type Condition = (connection: Connection) => boolean;

/** What one line does with a packet. @default - it says nothing about the packet */
type Rule = (connection: Connection) => Verdict | undefined;

/** An IPv4 address as a number. */
export function addressNumber(address: string): number {
  const bytes = address.split('.').map(Number);
  if (
    bytes.length !== 4 ||
    bytes.some((byte) => !Number.isInteger(byte) || byte < 0 || byte > 255)
  ) {
    throw new Error(`'${address}' is not an IPv4 address`);
  }
  return bytes.reduce((number, byte) => number * 256 + byte, 0);
}

/** The address of a number. */
export function addressText(number: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(number / 2 ** bits) % 256).join('.');
}

/** First and last address of a block; a single address is a block of its own. */
export function addressRange(block: string): readonly [number, number] {
  const [address, bits = '32'] = block.split('/') as [string, string?];
  const size = 2 ** (32 - Number(bits));
  const first = Math.floor(addressNumber(address) / size) * size;
  return [first, first + size - 1];
}

/** Whether an address belongs to a block. */
function addressTest(block: string): (address: string) => boolean {
  const [low, high] = addressRange(block);
  return low === high
    ? (address) => block.startsWith(address) && addressNumber(address) === low
    : (address) => addressNumber(address) >= low && addressNumber(address) <= high;
}

const PROTOCOLS: ReadonlySet<string> = new Set(['tcp', 'udp', 'sctp']);

function notUnderstood(line: string): Error {
  return new Error(`line '${line}' is not understood`);
}

function protocolOf(word: string | undefined, line: string): string {
  if (word === undefined || !PROTOCOLS.has(word)) {
    throw notUnderstood(line);
  }
  return word.toUpperCase();
}

/** First and last port of `80` or `80-90`. */
function portRange(text: string, line: string): readonly [number, number] {
  const [low = NaN, high = low] = text.split('-').map(Number);
  if (!Number.isInteger(low) || !Number.isInteger(high)) {
    throw notUnderstood(line);
  }
  return [low, high];
}

/** The conditions and the verdict of a line such as `ip saddr 10.0.0.0/8 tcp dport 80-90 return`. */
function plainRule(line: string): Rule {
  const words = line.split(' ');
  const verdict = words.pop();
  if (verdict !== 'return' && verdict !== 'drop') {
    throw notUnderstood(line);
  }
  const conditions: Condition[] = [];
  while (words.length > 0) {
    const [first, second] = words.splice(0, 2) as [string, string?];
    if (first === 'ip' && (second === 'saddr' || second === 'daddr')) {
      const field = second === 'saddr' ? 'source' : 'destination';
      const isNegated = words[0] === '!=' && words.shift() !== undefined;
      const block = words.shift() ?? '';
      const isInside = addressTest(block);
      conditions.push((connection) => isInside(connection[field]) !== isNegated);
    } else if (first === 'meta' && second === 'l4proto') {
      const protocol = protocolOf(words.shift(), line);
      conditions.push((connection) => connection.protocol === protocol);
    } else if (second === 'dport') {
      const protocol = protocolOf(first, line);
      const [low, high] = portRange(words.shift() ?? '', line);
      conditions.push(
        (connection) =>
          connection.protocol === protocol && connection.port >= low && connection.port <= high,
      );
    } else {
      throw notUnderstood(line);
    }
  }
  return (connection) =>
    conditions.every((condition) => condition(connection)) ? verdict : undefined;
}

/**
 * Says what the kernel does with a connection, from the text that `nft` is given. It knows the forms of
 * rules that `NetworkPolicies` writes, and refuses any other.
 *
 * @see https://wiki.nftables.org/wiki-nftables/index.php/Quick_reference-nftables_in_10_minutes
 */
export class Ruleset {
  readonly #chains = new Map<string, Rule[]>();

  public constructor(script: string) {
    let name = '';
    for (const line of script.split('\n')) {
      const chain = /^ {2}chain (\S+) \{$/.exec(line);
      if (chain !== null) {
        name = chain[1]!;
        this.#chains.set(name, []);
      } else if (line.startsWith('    ')) {
        this.#chains.get(name)?.push(this.#rule(line.trim(), name));
      } else if (!/^( {2}\}|\}|(delete )?table inet \S+( \{)?|)$/.test(line)) {
        throw notUnderstood(line);
      }
    }
  }

  /** Whether a new connection gets through. */
  public admits(connection: Connection, hook: Hook): boolean {
    return this.#verdict(hook, connection) !== 'drop';
  }

  /** What a chain says; at the end of a chain as after `return`, the chain before goes on. */
  #verdict(chain: string, connection: Connection): Verdict {
    const rules = this.#chains.get(chain);
    if (rules === undefined) {
      throw new Error(`there is no chain '${chain}'`);
    }
    for (const rule of rules) {
      const verdict = rule(connection);
      if (verdict !== undefined) {
        return verdict;
      }
    }
    return 'return';
  }

  #rule(line: string, chain: string): Rule {
    if (
      // What nothing drops, a chain of a hook accepts.
      line === `type filter hook ${chain} priority filter; policy accept;` ||
      // No new connection is one of these.
      line === 'ct state established,related accept'
    ) {
      return () => undefined;
    }
    const map = /^ip (saddr|daddr) vmap \{ (.*) \}$/.exec(line);
    if (map === null) {
      return plainRule(line);
    }
    const field = map[1] === 'saddr' ? 'source' : 'destination';
    const jumps = new Map(
      map[2]!.split(', ').map((entry) => entry.split(' : jump ') as [string, string]),
    );
    return (connection) => {
      const target = jumps.get(connection[field]);
      const verdict = target === undefined ? 'return' : this.#verdict(target, connection);
      return verdict === 'return' ? undefined : verdict;
    };
  }
}
