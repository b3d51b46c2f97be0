import type { AccessRule } from '../kafka-protocol/kafka-access.ts';
import { KEY_STORE, TLS_PATH, TRUST_STORE } from './kafka-certificates.ts';

/** Environment variable with a user's password. */
export function passwordVariable(user: string): string {
  return `PASSWORD_${user.replaceAll('-', '_').toUpperCase()}`;
}

/** Shell that logs tools in by the administrator's certificate; they are given `$login`. */
export const ADMIN_LOGIN = `tls="\${TLS_PATH:-${TLS_PATH}}"
login="\${TMPDIR:-/tmp}/admin.properties"
cat > "$login" <<END
security.protocol=SSL
ssl.keystore.type=PEM
ssl.keystore.location=$tls/${KEY_STORE}
ssl.truststore.type=PEM
ssl.truststore.location=$tls/${TRUST_STORE}
END
`;

/**
 * Shell that brings users, passwords and rights to their declared state: rights of declared users
 * that are declared no longer are taken away. It comes behind {@link topicScript}, whose functions it
 * uses, and expects the passwords in variables.
 */
export function accessScript(users: readonly string[], rules: readonly AccessRule[]): string {
  const declared = rules.map(
    ({ user, resource, name, operation }) =>
      `${user} ${operation.toLowerCase()} ${resource} ${name}`,
  );
  return `
export LC_ALL=C
acls() { "$bin/kafka-acls.sh" --bootstrap-server "$bootstrap" --command-config "$login" "$@"; }

# name, variable with its password
ensure_user() {
  printf 'SCRAM-SHA-512=iterations=8192,password=%s\\n' "\${!2}" > "$work/user.properties"
  configs --alter --entity-type users --entity-name "$1" --add-config-file "$work/user.properties"
}
${users.map((user) => `ensure_user ${user} ${passwordVariable(user)}`).join('\n')}

sort > "$work/declared" <<'END'
${declared.join('\n')}
END
# Rights that are there, in the same words.
acls --list | sed -n \\
  -e 's/.*resourceType=\\([A-Z]*\\), name=\\([^,]*\\), patternType=LITERAL.*/\\1 \\2/p' \\
  -e 's/.*principal=User:\\([^,]*\\), host=\\*, operation=\\([A-Z_]*\\), permissionType=ALLOW.*/ \\1 \\2/p' |
  awk '/^ / { gsub(/_/, "", $2); print $1, tolower($2), tolower(kind), name; next } { kind = $1; name = $2 }' |
  sort > "$work/present"

# add or remove, file with rights; those of one user and operation go together
change_rights() {
  local what="$1" user resource name operation last="" arguments=()
  apply() {
    if [ -n "$last" ]; then
      acls "--$what" --force --allow-principal "User:\${last% *}" --operation "\${last#* }" \\
        "\${arguments[@]}" > "$work/said"
      echo "$what: \${last% *} may \${last#* } \${arguments[*]}"
    fi
  }
  while read -r user operation resource name; do
    if [ "$user $operation" != "$last" ]; then
      apply
      last="$user $operation"
      arguments=()
    fi
    # Of clusters there is one, and it is not named.
    arguments+=("--$resource")
    [ "$resource" = cluster ] || arguments+=("$name")
  done < "$2"
  apply
}
comm -23 "$work/declared" "$work/present" > "$work/missing"
comm -13 "$work/declared" "$work/present" |
  awk 'NR == FNR { users[$1]; next } $1 in users' "$work/declared" - > "$work/surplus"
change_rights add "$work/missing"
change_rights remove "$work/surplus"
echo "${users.length} users have the ${declared.length} rights that are declared"
`;
}
