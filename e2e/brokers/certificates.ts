import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SecretManifest } from '../../charts/secrets.ts';
import type { Manifests } from '../../scripts/manifests.ts';

const run = promisify(execFile);

/** What the run reads of a Certificate. */
interface CertificateSpec {
  readonly secretName: string;
  readonly commonName: string;
  readonly dnsNames?: readonly string[];
  readonly usages?: readonly string[];
  readonly isCA?: boolean;
}

/**
 * Makes what cert-manager would make of the rendered Certificates: for each a Secret, which is also a
 * folder with a file for each key. Servers are also valid for 127.0.0.1, where the run has them.
 */
export async function issueCertificates(
  manifests: Manifests,
  folder: string,
): Promise<SecretManifest[]> {
  mkdirSync(folder, { recursive: true });
  const openssl = (...args: readonly string[]) => run('openssl', args, { cwd: folder });
  await openssl(
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=authority'],
    ...['-keyout', 'authority.key', '-out', 'authority.crt'],
  );
  const issued: SecretManifest[] = [];
  for (const { spec, metadata } of manifests.ofKind('Certificate')) {
    const { secretName, commonName, dnsNames, usages, isCA } = spec as unknown as CertificateSpec;
    if (isCA === true) {
      continue;
    }
    const own = join(folder, secretName);
    mkdirSync(own);
    const names = (dnsNames ?? []).map((name) => `DNS:${name}`);
    const extensions = [
      `extendedKeyUsage=${(usages ?? []).flatMap((usage) => EXTENDED_USAGES[usage] ?? []).join(',')}`,
      ...(names.length > 0 ? [`subjectAltName=IP:127.0.0.1,${names.join(',')}`] : []),
    ];
    writeFileSync(join(own, 'extensions'), extensions.join('\n'));
    const at = (name: string) => join(own, name);
    await openssl(
      ...['req', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${commonName}`],
      ...['-keyout', at('tls.key'), '-out', at('request')],
    );
    await openssl(
      ...['x509', '-req', '-days', '2', '-in', at('request'), '-out', at('tls.crt')],
      ...['-CA', 'authority.crt', '-CAkey', 'authority.key', '-CAcreateserial'],
      ...['-extfile', at('extensions')],
    );
    const read = (path: string) => readFileSync(path, 'utf8');
    const files = {
      'ca.crt': read(join(folder, 'authority.crt')),
      'tls.crt': read(at('tls.crt')),
      'tls.key': read(at('tls.key')),
      'tls-combined.pem': read(at('tls.key')) + read(at('tls.crt')),
    };
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(at(name), content);
    }
    issued.push({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: secretName, namespace: metadata.namespace! },
      type: 'Opaque',
      stringData: files,
    });
  }
  return issued;
}

const EXTENDED_USAGES: Readonly<Record<string, string>> = {
  'client auth': 'clientAuth',
  'server auth': 'serverAuth',
};
