import { oneOf, optional, shaped } from '../checks.ts';

/** Modes of compatibility, as Confluent's registry names and means them. */
export const COMPATIBILITY_MODES = [
  'none',
  'backward',
  'backward-transitive',
  'forward',
  'forward-transitive',
  'full',
  'full-transitive',
] as const;

/**
 * What a new version of a contract keeps within its major. `backward`: its schema accepts what was written by the
 * version before. `forward`: the schema of the version before accepts what is written by it. `full`: both.
 * `-transitive`: with all earlier versions of the major, not just the last one. `none`: nothing is compared.
 *
 * @see https://docs.confluent.io/platform/current/schema-registry/fundamentals/schema-evolution.html
 */
export type CompatibilityMode = (typeof COMPATIBILITY_MODES)[number];

/**
 * What is assumed of writers. `strict`: they may write all that their schema accepts, undeclared properties, too.
 * `lenient`: they write the properties that their schema declares, and no others.
 */
export type CompatibilityPolicy = 'strict' | 'lenient';

/** What new versions of a contract are compared by. */
export interface CompatibilityOptions {
  /** @default 'full-transitive' */
  readonly mode?: CompatibilityMode;
  /** @default 'lenient' */
  readonly policy?: CompatibilityPolicy;
}

/** What new versions of a contract are compared by; a mode alone has the policy `lenient`. */
export type Compatibility = CompatibilityMode | CompatibilityOptions;

const mode = oneOf(...COMPATIBILITY_MODES);

/** Checks the option of a contract. */
export const compatibilityCheck = optional((what, value) =>
  typeof value === 'object' && value !== null
    ? shaped<CompatibilityOptions>({
        mode: optional(mode),
        policy: optional(oneOf('strict', 'lenient')),
      })(what, value)
    : mode(what, value),
);

/** What a contract is compared by, defaults included. */
export function compatibilityOf(contract: {
  readonly compatibility?: Compatibility;
}): Required<CompatibilityOptions> {
  const { compatibility: option = {} } = contract;
  const given: CompatibilityOptions = typeof option === 'string' ? { mode: option } : option;
  return { mode: given.mode ?? 'full-transitive', policy: given.policy ?? 'lenient' };
}
