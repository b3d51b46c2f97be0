import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { StateKeys } from '@cdk8s-event-platform/contracts/interface';

/*
 * Redis' protocol, as far as AUTH and SCAN need it. A client library would be more to trust in the image: it brings
 * reconnects, pools and commands that the user of the tools may not run, for two commands on one connection.
 */

/** An answer of the server: a text or number, an error, nothing, or several answers. */
type Reply = string | Error | null | readonly Reply[];

/** Reads an answer that begins at `at`: it and where it ends; undefined while it is not complete. */
function parse(data: Buffer, at = 0): readonly [Reply, number] | undefined {
  const end = data.indexOf('\r\n', at);
  if (end === -1) {
    return undefined;
  }
  const line = data.toString('utf8', at + 1, end);
  const next = end + 2;
  const length = Number(line);
  switch (String.fromCharCode(data[at]!)) {
    case '+':
    case ':':
      return [line, next];
    case '-':
      return [new Error(`it answered ${line}`), next];
    case '$': {
      const stop = next + length;
      return length < 0
        ? [null, next]
        : data.length < stop + 2
          ? undefined
          : [data.toString('utf8', next, stop), stop + 2];
    }
    case '*':
      return parseAll(data, length, next);
    default:
      throw new Error('it does not speak the protocol of Redis');
  }
}

function parseAll(data: Buffer, count: number, at: number): readonly [Reply, number] | undefined {
  const items: Reply[] = [];
  let position = at;
  while (items.length < count) {
    const item = parse(data, position);
    if (item === undefined) {
      return undefined;
    }
    items.push(item[0]);
    position = item[1];
  }
  return [items, position];
}

async function* replies(socket: Socket): AsyncGenerator<Reply, void> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of socket) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    for (let reply = parse(rest); reply !== undefined; reply = parse(rest)) {
      rest = rest.subarray(reply[1]);
      yield reply[0];
    }
  }
}

/** A command as the server reads it: lengths in bytes, so that an argument may be any text. */
function request(args: readonly string[]): string {
  const parts = args.map((arg) => `$${Buffer.byteLength(arg)}\r\n${arg}\r\n`);
  return `*${args.length}\r\n${parts.join('')}`;
}

/** A text in which a pattern of Redis has no special characters. */
function literally(text: string): string {
  return text.replaceAll(/[\\*?[\]]/g, String.raw`\$&`);
}

/** A server, and how to log in there. */
export interface RedisServer {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Milliseconds without a word of the server, after which it counts as down. @default 10000 */
  readonly timeout?: number;
}

/** Which keys are listed. */
export interface WantedKeys {
  /** What all keys begin with and is left out of what is returned, e.g. `task-cache||`. */
  readonly of: string;
  /** What they begin with behind that. */
  readonly prefix: string;
  /** How many at most. */
  readonly limit: number;
}

/** Sends a command and returns its answer. */
type Call = (...args: readonly string[]) => Promise<Reply>;

function callsOn(socket: Socket): Call {
  const answers = replies(socket);
  return async (...args) => {
    socket.write(request(args));
    const { value, done } = await answers.next();
    if (done === true) {
      throw new Error('it has closed the connection');
    }
    if (value instanceof Error) {
      throw value;
    }
    return value;
  };
}

async function scan(call: Call, { of, prefix, limit }: WantedKeys): Promise<StateKeys> {
  const pattern = `${literally(of + prefix)}*`;
  // The server may name a key more than once.
  const found = new Set<string>();
  let cursor = '0';
  do {
    const [next, names] = (await call('SCAN', cursor, 'MATCH', pattern, 'COUNT', '1000')) as [
      string,
      readonly string[],
    ];
    names.forEach((name) => found.add(name.slice(of.length)));
    cursor = next;
  } while (cursor !== '0' && found.size <= limit);
  return { keys: [...found].slice(0, limit).sort(), more: found.size > limit };
}

/**
 * Names of keys on a Redis or Valkey server, a page at a time, so that it goes on serving others meanwhile.
 *
 * @throws Error when the server is down, or does not let the user log in or list keys.
 */
export async function redisKeys(server: RedisServer, wanted: WantedKeys): Promise<StateKeys> {
  const { host, port, tls, username, password, timeout = 10_000 } = server;
  const socket = tls
    ? connectTls({ host, port, ...(isIP(host) === 0 && { servername: host }) })
    : connectPlain({ host, port });
  socket.setTimeout(timeout, () => socket.destroy(new Error(`no answer within ${timeout} ms`)));
  const call = callsOn(socket);
  try {
    if (password !== undefined) {
      await call('AUTH', ...(username === undefined ? [] : [username]), password);
    }
    return await scan(call, wanted);
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    throw new Error(
      `Redis at ${host}:${port}: ${message === '' ? String(code) : message}: see whether it runs, and whether its Secret has changed since the pod started`,
      { cause: error },
    );
  } finally {
    socket.destroy();
  }
}
