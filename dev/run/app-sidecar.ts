/** What stands beside an app: in this process, or daprd. */
export interface AppSidecar {
  /** Port of its HTTP API. */
  readonly port: number;
  /**
   * Ends deliveries for some time, such as that of a restart of the app.
   *
   * @param drain milliseconds for those that are in flight; then they are cut.
   * @returns what begins them again.
   */
  pause(drain: number): Promise<() => void>;
  /** Ends it. */
  stop(): Promise<void>;
}
