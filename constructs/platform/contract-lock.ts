import { existsSync, readFileSync } from 'node:fs';
import type { IConstruct } from 'constructs';
import {
  type ContractLock,
  LOCK_FILE,
  parseLock,
} from '@cdk8s-event-platform/contracts/compatibility/internal';
import { coded, WITHOUT_CONTRACT_LOCK } from '@cdk8s-event-platform/contracts/internal';
import { DeclarationError } from '../core/errors.ts';

export type { ContractLock };

/**
 * Reads the lock file of contracts.
 *
 * @param option the file, or false. @default - the file of the usual name, if it is there
 * @throws DeclarationError when the file is not there or not valid.
 */
export function readContractLock(
  scope: IConstruct,
  option: string | false | undefined,
): ContractLock | undefined {
  const file = option ?? LOCK_FILE;
  const isUnchecked = WITHOUT_CONTRACT_LOCK in globalThis;
  if (file === false || isUnchecked || (option === undefined && !existsSync(file))) {
    return undefined;
  }
  try {
    return parseLock(textOf(file), file);
  } catch (error) {
    throw new DeclarationError(scope, ...coded('EP2010', (error as Error).message));
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(
      `contractsLock (${file}) cannot be read: run event-platform contracts, which writes it (${(error as NodeJS.ErrnoException).code ?? ''})`,
      { cause: error },
    );
  }
}
