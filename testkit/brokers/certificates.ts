import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SecretManifest } from '../../cli/make-secret.ts';
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

/** What is asked of an authority. */
type CertificateRequest = Omit<CertificateSpec, 'secretName' | 'isCA'>;

/** A key and its certificate, as PEM. */
export interface IssuedCertificate {
  readonly key: string;
  readonly certificate: string;
}

const EXTENDED_USAGES: Readonly<Record<string, string>> = {
  'client auth': 'clientAuth',
  'server auth': 'serverAuth',
};

/** An authority that signs certificates by openssl. They are valid for two days. */
export class CertificateAuthority {
  /** Makes one in a folder, which is made. */
  public static async create(folder: string): Promise<CertificateAuthority> {
    mkdirSync(folder, { recursive: true });
    await run(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'],
        ...['-subj', '/CN=authority', '-keyout', 'authority.key', '-out', 'authority.crt'],
      ],
      { cwd: folder },
    );
    return new CertificateAuthority(folder);
  }

  /** Its own certificate, as PEM. */
  public readonly certificate: string;

  private constructor(private readonly folder: string) {
    this.certificate = readFileSync(join(folder, 'authority.crt'), 'utf8');
  }

  /**
   * Signs a certificate. It is also valid for 127.0.0.1 when it has names.
   *
   * @param name of the folder for its files, below the authority's.
   */
  public async issue(name: string, request: CertificateRequest): Promise<IssuedCertificate> {
    const own = join(this.folder, name);
    mkdirSync(own);
    const openssl = (...args: readonly string[]) => run('openssl', args, { cwd: own });
    const names = (request.dnsNames ?? []).map((host) => `DNS:${host}`);
    const usages = (request.usages ?? []).flatMap((usage) => EXTENDED_USAGES[usage] ?? []);
    const extensions = [
      `extendedKeyUsage=${usages.join(',')}`,
      ...(names.length > 0 ? [`subjectAltName=IP:127.0.0.1,${names.join(',')}`] : []),
    ];
    writeFileSync(join(own, 'extensions'), extensions.join('\n'));
    await openssl(
      ...['req', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${request.commonName}`],
      ...['-keyout', 'tls.key', '-out', 'request'],
    );
    await openssl(
      ...['x509', '-req', '-days', '2', '-in', 'request', '-out', 'tls.crt'],
      ...['-CA', '../authority.crt', '-CAkey', '../authority.key', '-CAcreateserial'],
      ...['-extfile', 'extensions'],
    );
    const read = (file: string) => readFileSync(join(own, file), 'utf8');
    return { key: read('tls.key'), certificate: read('tls.crt') };
  }
}

/**
 * Makes what cert-manager would make of the rendered Certificates: for each a Secret, which is also a
 * folder with a file for each key. Servers are also valid for 127.0.0.1, where the run has them.
 */
export async function issueCertificates(
  manifests: Manifests,
  folder: string,
): Promise<SecretManifest[]> {
  const authority = await CertificateAuthority.create(folder);
  const issued: SecretManifest[] = [];
  for (const { spec, metadata } of manifests.ofKind('Certificate')) {
    const { secretName, isCA, ...request } = spec as unknown as CertificateSpec;
    if (isCA === true) {
      continue;
    }
    const { key, certificate } = await authority.issue(secretName, request);
    const files = {
      'ca.crt': authority.certificate,
      'tls.crt': certificate,
      'tls.key': key,
      'tls-combined.pem': key + certificate,
    };
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(join(folder, secretName, name), content);
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
