/** Answer to a request. */
export interface TestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** JSON value, or text of another media type. @default - no body */
  readonly body?: unknown;
}
