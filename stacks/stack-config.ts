import * as pulumi from '@pulumi/pulumi';

/** How one value of a stack's configuration is read. */
export interface Setting<T> {
  /** What it decides, for messages. */
  readonly help: string;
  /** An example, for messages. */
  readonly example: string;
  /** The value; undefined stands for one that is not set. @throws Error when it cannot be used. */
  readonly parse: (text: string | undefined) => T;
  /** Whether its value stays a secret, which is not looked at. @default false */
  readonly secret?: boolean;
}

/** A mistake in one value, without the key. */
class SettingError extends Error {}

function required<T>(given: string | undefined, fallback: T | undefined): T | undefined {
  if (given === undefined && fallback === undefined) {
    throw new SettingError('is not set');
  }
  return fallback;
}

/** What {@link text} accepts. */
export interface TextOptions {
  /** Shown when it is missing. */
  readonly example: string;
  /** What the whole text has to match. @default - anything but nothing */
  readonly pattern?: RegExp;
  /** Taken when it is not set. @default - it has to be set */
  readonly fallback?: string;
}

/** A text. */
export function text(help: string, options: TextOptions): Setting<string> {
  const { example, pattern = /\S/, fallback } = options;
  return {
    help,
    example,
    parse: (given) => {
      const value = given ?? required(given, fallback)!;
      if (!pattern.test(value)) {
        throw new SettingError(`is '${value}', which is not like '${example}'`);
      }
      return value;
    },
  };
}

/** A text that may be left out. */
export function optionalText(
  help: string,
  options: Omit<TextOptions, 'fallback'>,
): Setting<string | undefined> {
  const { parse, ...setting } = text(help, options);
  return { ...setting, parse: (given) => (given === undefined ? undefined : parse(given)) };
}

/** One of a few words. */
export function choice<const T extends string>(
  help: string,
  words: readonly T[],
  fallback?: T,
): Setting<T> {
  return {
    help,
    example: words[0]!,
    parse: (given) => {
      const value = given ?? required(given, fallback);
      const found = words.find((word) => word === value);
      if (found === undefined) {
        throw new SettingError(`is '${value}': use ${words.join(' or ')}`);
      }
      return found;
    },
  };
}

/** A whole number within bounds. */
export function wholeNumber(
  help: string,
  bounds: { readonly least: number; readonly most: number; readonly fallback?: number },
): Setting<number> {
  const { least, most, fallback } = bounds;
  return {
    help,
    example: String(fallback ?? least),
    parse: (given) => {
      const value = given === undefined ? required(given, fallback)! : Number(given);
      if (!Number.isInteger(value) || value < least || value > most) {
        throw new SettingError(`is '${given}': use a whole number from ${least} to ${most}`);
      }
      return value;
    },
  };
}

/** Several texts with commas between; none when it is not set. */
export function list(
  help: string,
  options: Omit<TextOptions, 'fallback'>,
): Setting<readonly string[]> {
  const { parse, ...setting } = text(help, options);
  return {
    ...setting,
    parse: (given) => given?.split(',').map((item) => parse(item.trim())) ?? [],
  };
}

/** A secret, which has to be set with `--secret`. */
export function secretText(help: string): Setting<pulumi.Output<string>> {
  return {
    help,
    example: 'VALUE --secret',
    secret: true,
    parse: () => {
      throw new SettingError('is not set');
    },
  };
}

/** What a list has: texts with commas between, or a list of YAML, which arrives as JSON. */
function itemsOf(given: string): readonly string[] {
  const items = given.startsWith('[') ? (JSON.parse(given) as unknown[]) : given.split(',');
  return items.map((item) => String(item).trim());
}

/**
 * Several of a few words, with commas between.
 *
 * @param fallback what it is when it is not set; where it is not empty, one word at least has to be named.
 */
export function choices<const T extends string>(
  help: string,
  words: readonly T[],
  fallback: readonly T[] = [],
): Setting<readonly T[]> {
  return {
    help,
    example: words[0]!,
    parse: (given) => {
      const items = given === undefined ? fallback : itemsOf(given);
      if (items.length === 0 && fallback.length > 0) {
        throw new SettingError(`is empty: use ${words.join(', ')}, with commas between`);
      }
      const wrong = items.filter((item) => !words.some((word) => word === item));
      if (wrong.length > 0) {
        throw new SettingError(
          `has '${wrong.join("', '")}': use ${words.join(', ')}, with commas between`,
        );
      }
      return words.filter((word) => items.includes(word));
    },
  };
}

/** Yes or no. */
export function flag(help: string, fallback: boolean): Setting<boolean> {
  const { parse, ...setting } = choice(help, ['true', 'false'], fallback ? 'true' : 'false');
  return { ...setting, parse: (given) => parse(given) === 'true' };
}

/** The settings of a program, by key. */
export type Settings = Readonly<Record<string, Setting<unknown>>>;

/** What {@link readConfig} gives for settings. */
export type ConfigOf<S extends Settings> = {
  readonly [Key in keyof S]: S[Key] extends Setting<infer T> ? T : never;
};

/** A key that is like another one, for typing errors. */
export function nearest(key: string, known: readonly string[]): string | undefined {
  const letters = (word: string) => Array.from(word.toLowerCase()).sort().join('');
  const distance = (candidate: string) => Math.abs(candidate.length - key.length);
  return known
    .filter(
      (candidate) =>
        letters(candidate) === letters(key) ||
        candidate.toLowerCase().startsWith(key.toLowerCase()) ||
        key.toLowerCase().startsWith(candidate.toLowerCase()),
    )
    .sort((a, b) => distance(a) - distance(b))[0];
}

/**
 * Reads a stack's configuration. Every mistake is reported at once: what is missing, what cannot be
 * used, and keys that nothing reads.
 *
 * @param problems further mistakes, of values that do not go together.
 * @param others mistakes that were found elsewhere, such as in the settings of a provider.
 * @throws RunError that names each key, and the command that sets it.
 */
export function readConfig<const S extends Settings>(
  settings: S,
  problems: (config: ConfigOf<S>) => readonly string[] = () => [],
  others: readonly string[] = [],
): ConfigOf<S> {
  const config = new pulumi.Config();
  const stack = pulumi.getStack();
  const found: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(settings)) {
    try {
      const secret = setting.secret === true ? config.getSecret(key) : undefined;
      values[key] = secret ?? setting.parse(config.get(key));
    } catch (error) {
      if (!(error instanceof SettingError)) {
        throw error;
      }
      found.push(
        `'${key}' (${setting.help}) ${error.message}; set it with: pulumi config set -s ${stack} ${key} ${setting.example}`,
      );
    }
  }
  const known = Object.keys(settings);
  const prefix = `${pulumi.getProject()}:`;
  for (const key of Object.keys(pulumi.runtime.allConfig())) {
    const own = key.startsWith(prefix) ? key.slice(prefix.length) : undefined;
    if (own !== undefined && !known.includes(own)) {
      const like = nearest(own, known);
      found.push(
        `'${own}' is not a setting of this stack: ${like === undefined ? `use ${known.join(', ')}` : `did you mean '${like}'?`}`,
      );
    }
  }
  if (found.length === 0) {
    found.push(...problems(values as ConfigOf<S>));
  }
  found.push(...others);
  if (found.length > 0) {
    throw new pulumi.RunError(
      `the configuration of stack '${stack}' is not valid [EP7001]:\n- ${found.join('\n- ')}`,
    );
  }
  return values as ConfigOf<S>;
}
