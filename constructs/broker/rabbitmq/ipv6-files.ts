/**
 * Files beside `rabbitmq.conf` with which a server and its tools work in a pod whose address is one of IPv6. In any
 * other pod they change nothing. Erlang looks up and listens on one family, IPv4 unless it is told, and so do the
 * listeners for HTTP.
 *
 * @see https://www.rabbitmq.com/docs/networking#distribution-ipv6
 */
export function ipv6Files(folder: string): Readonly<Record<string, string>> {
  return {
    // Sourced by the server and by each of its tools, preStop hooks included.
    'rabbitmq-env.conf': `case "\${POD_IP:-}" in *:*)
  CONFIG_FILES=${folder}/ipv6.conf
  SERVER_ADDITIONAL_ERL_ARGS="-kernel inetrc '${folder}/erl_inetrc' -proto_dist inet6_tcp"
  CTL_ERL_ARGS="$SERVER_ADDITIONAL_ERL_ARGS"
esac
`,
    erl_inetrc: '{inet6, true}.\n',
    'ipv6.conf': 'management.tcp.ip = ::\nprometheus.tcp.ip = ::\n',
  };
}
