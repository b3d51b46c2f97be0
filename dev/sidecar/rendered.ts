/** Rendered objects, as far as a sidecar reads them. */

/** An object with what every kind has. */
export interface RenderedManifest {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly scopes?: readonly string[];
  readonly spec?: unknown;
}

/** A pub/sub or another Component. */
export interface ComponentManifest extends RenderedManifest {
  readonly spec: {
    readonly type: string;
    readonly version: string;
    readonly metadata: readonly { readonly name: string; readonly value?: string }[];
  };
}

/** A Subscription of `dapr.io/v2alpha1`. */
export interface SubscriptionManifest extends RenderedManifest {
  readonly spec: {
    readonly pubsubname: string;
    readonly topic: string;
    readonly deadLetterTopic?: string;
    readonly bulkSubscribe?: {
      readonly enabled: boolean;
      readonly maxMessagesCount?: number;
      readonly maxAwaitDurationMs?: number;
    };
    readonly routes: {
      readonly default?: string;
      readonly rules?: readonly { readonly match: string; readonly path: string }[];
    };
    readonly metadata?: Readonly<Record<string, string>>;
  };
}

/** A retry policy of a Resiliency. */
export interface RetryManifest {
  readonly policy: 'constant' | 'exponential';
  readonly duration?: string;
  readonly maxInterval?: string;
  readonly maxRetries?: number;
}

/** A Resiliency. */
export interface ResiliencyManifest extends RenderedManifest {
  readonly spec: {
    readonly policies: {
      readonly retries?: Readonly<Record<string, RetryManifest>>;
      readonly timeouts?: Readonly<Record<string, string>>;
    };
    readonly targets?: {
      readonly components?: Readonly<
        Record<
          string,
          { readonly inbound?: { readonly retry?: string; readonly timeout?: string } }
        >
      >;
      readonly apps?: Readonly<
        Record<
          string,
          { readonly timeout?: string; readonly retry?: string; readonly circuitBreaker?: string }
        >
      >;
    };
  };
}

/** A Deployment. */
export interface DeploymentManifest extends RenderedManifest {
  readonly spec: {
    readonly template: {
      readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
    };
  };
}
