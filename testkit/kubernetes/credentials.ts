import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Credentials of a control plane that exists for one run. */
export interface Credentials {
  /** Bearer token of an administrator. */
  readonly token: string;
  /** Path of the private key that signs tokens of ServiceAccounts. */
  readonly signingKey: string;
  /** Path of the API server's certificate, which it signs itself. */
  readonly certificate: string;
  /** Arguments by which the API server takes them. */
  readonly args: readonly string[];
}

/** Writes a file that only the user can read. Returns its path. */
export function writePrivate(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

/**
 * Generates credentials into a folder, which is created.
 *
 * @param issuer of the tokens of ServiceAccounts.
 */
export function generateCredentials(folder: string, issuer: string): Credentials {
  const certificates = join(folder, 'certificates');
  mkdirSync(certificates, { recursive: true });
  const token = randomUUID();
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const signingKey = writePrivate(folder, 'service-account.key', privateKey);
  const verificationKey = writePrivate(folder, 'service-account.pub', publicKey);
  const tokens = writePrivate(folder, 'tokens.csv', `${token},e2e,e2e,system:masters\n`);
  return {
    token,
    signingKey,
    certificate: join(certificates, 'apiserver.crt'),
    args: [
      `--cert-dir=${certificates}`,
      `--token-auth-file=${tokens}`,
      '--authorization-mode=RBAC',
      `--service-account-issuer=${issuer}`,
      `--service-account-key-file=${verificationKey}`,
      `--service-account-signing-key-file=${signingKey}`,
    ],
  };
}
