/** What one client may do. */
export interface ClientRights {
  /** Streams that it adds to. */
  readonly publishes: readonly string[];
  /** Streams that it reads as a group. */
  readonly receives: readonly string[];
}

/** What Dapr's and KEDA's client says when it connects, and Dapr's question for the version. */
const CONNECT = '+ping +hello +auth +info +client|setname';

function keys(streams: readonly string[]): string {
  return streams.map((stream) => `~${stream}`).join(' ');
}

/**
 * Rights of an app, as `ACL SETUSER` takes them: each command only on the streams that it is for.
 * Redis has no rights on groups: an app that reads a stream could use the group of another.
 *
 * @see https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/#selectors
 */
export function appRights({ publishes, receives }: ClientRights): string {
  return [
    `-@all ${CONNECT}`,
    ...(publishes.length > 0 ? [`(${keys(publishes)} +xadd)`] : []),
    ...(receives.length > 0
      ? [`(${keys(receives)} +xreadgroup +xack +xpending +xclaim +xgroup|create)`]
      : []),
  ].join(' ');
}

/** Rights of KEDA: how much waits in the given streams. */
export function scalerRights(streams: readonly string[]): string {
  const read = streams.map((stream) => `%R~${stream}`).join(' ');
  return `-@all ${CONNECT}${streams.length > 0 ? ` (${read} +xinfo|groups +xpending +xlen)` : ''}`;
}

/** Rights of the exporter: it reads how the server is, and the ends of streams. */
export const EXPORTER_RIGHTS = `-@all ${CONNECT} +select +scan +slowlog|get +slowlog|len +latency|latest +latency|histogram (%R~* +type +xinfo|stream +xinfo|groups +xinfo|consumers)`;

/**
 * Rights of who looks into streams: it reads all of them, and sets where groups go on. It adds and removes nothing.
 *
 * @see https://redis.io/docs/latest/commands/xgroup-setid/
 */
export const TOOLBOX_RIGHTS = `-@all ${CONNECT} +role +scan +eval_ro (%R~* +exists +type +xlen +xrange +xrevrange +xpending +xinfo|stream +xinfo|groups) (~* +xgroup|setid)`;
