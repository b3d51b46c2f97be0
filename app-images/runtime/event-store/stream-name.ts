/** Names a stream of an app. */
export interface StreamName {
  readonly app: string;
  readonly streams: string;
  readonly stream: string;
}
