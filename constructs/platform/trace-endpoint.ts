import { coded } from '@cdk8s-event-platform/contracts/internal';
import { DeclarationError } from '../core/errors.ts';

/** Protocols that apps and sidecars both can send traces by. */
export type TraceProtocol = 'zipkin' | 'otlp';

/** An address that works for both, or the reason why not. */
function parse(url: string, example: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !['http:', 'https:'].includes(parsed.protocol)) {
    throw new DeclarationError(
      'TraceEndpoint',
      ...coded(
        'EP1004',
        `trace endpoint '${url}' is not a URL of http or https: give one such as '${example}'`,
      ),
    );
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw new DeclarationError(
      'TraceEndpoint',
      ...coded(
        'EP1004',
        `trace endpoint at '${parsed.host}' has a login in its URL, which everybody could read in the manifests: let a collector in the cluster log in`,
      ),
    );
  }
  if (parsed.search !== '' || parsed.hash !== '') {
    throw new DeclarationError(
      'TraceEndpoint',
      ...coded(
        'EP1004',
        `trace endpoint '${url}' has a query or a fragment, which exporters leave out: give one such as '${example}'`,
      ),
    );
  }
  return parsed;
}

/**
 * Where apps and sidecars send their spans, and by which protocol. Jaeger, Tempo and the OpenTelemetry
 * Collector take both.
 */
export class TraceEndpoint {
  /**
   * By Zipkin's API, version 2.
   *
   * @param url with its path, e.g. `http://zipkin.monitoring:9411/api/v2/spans`.
   * @see https://zipkin.io/zipkin-api/#/default/post_spans
   */
  public static zipkin(url: string): TraceEndpoint {
    const parsed = parse(url, 'http://zipkin.monitoring:9411/api/v2/spans');
    if (parsed.pathname === '/') {
      throw new DeclarationError(
        'TraceEndpoint',
        ...coded(
          'EP1004',
          `trace endpoint '${url}' has no path, and Zipkin takes no spans at '/': use '${parsed.origin}/api/v2/spans'`,
        ),
      );
    }
    return new TraceEndpoint('zipkin', parsed);
  }

  /**
   * By OTLP over HTTP. The path is always `/v1/traces`: daprd knows host and port alone.
   *
   * @param url without a path, e.g. `http://otel-collector.monitoring:4318`.
   * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp
   */
  public static otlp(url: string): TraceEndpoint {
    const parsed = parse(url, 'http://otel-collector.monitoring:4318');
    if (parsed.pathname !== '/') {
      throw new DeclarationError(
        'TraceEndpoint',
        ...coded(
          'EP1004',
          `trace endpoint '${url}' has a path, which daprd cannot be told: use '${parsed.origin}', spans go to its /v1/traces`,
        ),
      );
    }
    return new TraceEndpoint('otlp', parsed);
  }

  /** Host name or address, in brackets when it is one of IPv6. */
  public readonly host: string;
  /** TCP port; 80 or 443 where the URL names none. */
  public readonly port: number;
  /** Whether connections use TLS. */
  public readonly tls: boolean;
  /** The whole URL that exporters are given. */
  public readonly url: string;

  private constructor(
    /** How spans are sent. */
    public readonly protocol: TraceProtocol,
    url: URL,
  ) {
    this.host = url.hostname;
    this.tls = url.protocol === 'https:';
    this.port = url.port === '' ? (this.tls ? 443 : 80) : Number(url.port);
    this.url = protocol === 'otlp' ? url.origin : url.href;
  }
}
