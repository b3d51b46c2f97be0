import { randomInt } from 'node:crypto';
import { changes } from './diff.ts';
import type { Configure, Provider } from './provider.ts';
import { reveal, Secret } from './values.ts';

const PASSWORD = 'random:index/randomPassword:RandomPassword';
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const SPECIAL = '!@#$%&*()-_=+[]{}<>:?';

function password({ length, special = true }: { length: number; special?: boolean }): string {
  const characters = LETTERS + (special ? SPECIAL : '');
  return Array.from({ length }, () => characters[randomInt(characters.length)]).join('');
}

/**
 * A stand-in for `pulumi-resource-random`, which no package registry serves. It knows passwords
 * alone, of a length and with or without special characters.
 *
 * @see https://www.pulumi.com/registry/packages/random/api-docs/randompassword/
 */
const provider: Provider = {
  diff: (resource, inputs) => ({
    changes: changes(resource.inputs, inputs),
    replaces: () => true,
    deleteBeforeReplace: false,
  }),
  create: (type, inputs) => {
    if (type !== PASSWORD) {
      throw new Error(`the stand-in has no '${type}': it has ${PASSWORD}`);
    }
    const other = Object.keys(inputs).filter((key) => key !== 'length' && key !== 'special');
    if (other.length > 0) {
      throw new Error(`the stand-in does not know '${other.join("', '")}': it has length, special`);
    }
    const result = password(reveal(inputs) as { length: number; special?: boolean });
    return Promise.resolve({ id: 'none', outputs: { ...inputs, result: new Secret(result) } });
  },
  read: ({ inputs, outputs }) => Promise.resolve({ inputs, outputs }),
  update: (resource) => Promise.resolve(resource.outputs),
  delete: () => Promise.resolve(),
};

/** Nothing of it can be configured. */
export const randomProvider: Configure = () => Promise.resolve(provider);
