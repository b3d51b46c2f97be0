import { each, openApi, type ServiceParts, sideEffect } from '@cdk8s-event-platform/runtime';
import { isAboutErased } from '../erased.ts';
import { TaskCreated } from '../events/index.ts';
import { taskKey } from '../state/task-cache.ts';
import { taskCache } from './cache.ts';
import { cleanUp } from './cleanup.ts';
import { taskRoutes } from './task-routes.ts';
import { insertTask } from './tasks.ts';
import { userRoutes } from './user-routes.ts';
import { eraseUser } from './users.ts';

/** After the commit: that a task is missing may be cached, too. */
const emptyCache = sideEffect<{ readonly task_id: number }>('empty-cache', ({ payload }) =>
  taskCache.invalidate(taskKey(payload.task_id)),
);

/** The API of users and tasks. */
export const parts: ServiceParts = {
  routes: (api) => {
    userRoutes(api);
    taskRoutes(api);
    api.get('/api/openapi.json', { summary: 'Describes this API.' }, () =>
      Promise.resolve(openApi(api, { title: 'Todo', version: '1.0.0' })),
    );
  },
  // Its own events come back, too: their tasks are there.
  on: [
    each(TaskCreated, async (tx, event) => {
      if (isAboutErased(event.data) || (await insertTask(tx, event.data)) === undefined) {
        return;
      }
      await tx.schedule(emptyCache, [{ event, payload: { task_id: event.data.task_id } }]);
    }),
    emptyCache,
  ],
  jobs: { cleanup: cleanUp },
  erase: eraseUser,
};
