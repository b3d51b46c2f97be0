import type { IConstruct } from 'constructs';
import type { StateStoreContract } from '@cdk8s-event-platform/contracts';
import { coded, type Problem } from '@cdk8s-event-platform/contracts/internal';
import { EventPlatform } from '../platform/event-platform.ts';
import type { Register } from '../platform/registers.ts';
import type { IEventApp } from './event-app.ts';

/** A state store that apps find by its name. */
export interface StateUser extends IConstruct {
  /** What apps agree on. */
  readonly store: StateStoreContract | undefined;
  /** Lets an app read and write state. */
  grantAccess(app: IEventApp): void;
}

/** State stores of a platform, by their names. */
export const STATE_STORES: Register<StateUser> = { name: 'state-stores' };
/** Apps of a platform, by the names of the stores in their manifests. */
const STATE_USERS: Register<IEventApp> = { name: 'state-users' };

/** Apps that list a store, so far. */
export function usersOf(scope: IConstruct, name: string): readonly IEventApp[] {
  return EventPlatform.of(scope)
    .registers.all(STATE_USERS)
    .filter(({ manifest }) => (manifest.state ?? []).some((store) => store.name === name));
}

/** Gives an app access to the stores of its manifest: to those that are there, and to those that come. */
export function useState(app: IEventApp): void {
  const { registers } = EventPlatform.of(app);
  const { state = [] } = app.manifest;
  if (state.length > 0) {
    registers.enter(STATE_USERS, app);
  }
  state.forEach(({ name }) => registers.find(STATE_STORES, name)?.grantAccess(app));
}

/** Two stores differ where a value of one would not be read by the other. */
function sameValues(one: StateStoreContract, other: StateStoreContract): boolean {
  return JSON.stringify(one.schema) === JSON.stringify(other.schema);
}

/** What is wrong with the stores of an app, when everything is declared. */
export function stateProblems(app: IEventApp): Problem[] {
  const { registers } = EventPlatform.of(app);
  return (app.manifest.state ?? []).flatMap((contract) => {
    const { name } = contract;
    const found = registers.find(STATE_STORES, name);
    const problem =
      found === undefined
        ? `the platform has no state store '${name}', which the manifest names: new DaprStateStore(platform, '${name}', { store, backend })`
        : !sameValues(found.store!, contract) &&
          `state store '${name}' of the manifest has another schema than '${found.node.path}': use one contract`;
    return coded('EP2014', problem);
  });
}
