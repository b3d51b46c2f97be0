import type { k8s } from 'cdk8s-plus-27';
import { RUNTIME_ENV, type StateServer } from '@cdk8s-event-platform/contracts/interface';
import type { DaprStateStore } from '../dapr/dapr-state-store.ts';
import type { LoginValue } from '../dapr/state-store-backend.ts';

function loginEnv(name: string, login: LoginValue): k8s.EnvVar {
  return 'value' in login
    ? { name, value: login.value }
    : { name, valueFrom: { secretKeyRef: { name: login.secret, key: login.key } } };
}

/** Environment of the pod of the tools: the servers of stores whose keys it lists, and how it logs in. */
export function stateServersEnv(stores: readonly DaprStateStore[]): k8s.EnvVar[] {
  const servers: Record<string, StateServer> = {};
  const logins: k8s.EnvVar[] = [];
  for (const { name, backend, keysProblem } of stores) {
    if (keysProblem !== undefined || backend.keyServer === undefined) {
      continue;
    }
    const { host, port, tls, ...login } = backend.keyServer;
    const number = Object.keys(servers).length + 1;
    const variable = (key: 'username' | 'password') => {
      const value = login[key];
      if (value === undefined) {
        return {};
      }
      const named = `${RUNTIME_ENV.stateServers}_${number}_${key.toUpperCase()}`;
      logins.push(loginEnv(named, value));
      return { [key]: named };
    };
    servers[name] = { host, port, tls, ...variable('username'), ...variable('password') };
  }
  return Object.keys(servers).length === 0
    ? []
    : [{ name: RUNTIME_ENV.stateServers, value: JSON.stringify(servers) }, ...logins];
}
