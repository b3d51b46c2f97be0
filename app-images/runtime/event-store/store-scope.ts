import { withCode } from '@cdk8s-event-platform/contracts/internal';
import { appScope, type StoreScope } from '../process/app-scope.ts';

/** That of the app which runs now. @throws Error when it lists no such streams in its manifest. */
export function storeScope(streams: string): StoreScope {
  const { store } = appScope();
  if (store === undefined || !(store.manifest.streams ?? []).some(({ name }) => name === streams)) {
    throw new Error(
      withCode(
        'EP8002',
        `streams '${streams}' are not listed under 'streams' of the manifest of the app that runs: add them`,
      ),
    );
  }
  return store;
}
