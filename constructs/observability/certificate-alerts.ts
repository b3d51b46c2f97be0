import { Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import { EventPlatform } from '../platform/event-platform.ts';
import { AlertRules, AlertSeverity } from './alert-rules.ts';
import { ofNamespace } from './scaler-alerts.ts';

/** Properties of {@link CertificateAlerts}. */
export interface CertificateAlertsProps {
  /** Name of what the certificates are of. */
  readonly name: string;
  /** Names of the Certificates. */
  readonly certificates: readonly string[];
}

/** Days before its end by which cert-manager should have renewed a certificate long ago. */
const DAYS_LEFT = 7;

/** An alert on certificates that are not renewed. */
export class CertificateAlerts extends AlertRules {
  public constructor(scope: Construct, id: string, { name, certificates }: CertificateAlertsProps) {
    const { namespace } = EventPlatform.of(scope).environment;
    const names = `name=~"${certificates.join('|')}"`;
    const end = ofNamespace(
      namespace,
      (label) => `certmanager_certificate_expiration_timestamp_seconds{${label},${names}}`,
    );
    super(scope, id, {
      name: `${name}-certificates`,
      alerts: [
        {
          name: 'CertificateExpiring',
          query: `${end} - time() < ${DAYS_LEFT} * 24 * 3600`,
          for: Duration.minutes(15),
          severity: AlertSeverity.CRITICAL,
          labels: { server: name },
          summary: `the certificate {{ $labels.name }} {{ if gt $value 0.0 }}ends in {{ $value | humanizeDuration }}{{ else }}has ended, or was never issued{{ end }}`,
          description: `cert-manager issues certificates at once and renews them long before their end, and has not done so with this one. Look at the status of the Certificate and of its issuer. When it ends, no client connects to ${name} any more.`,
        },
      ],
    });
  }
}
