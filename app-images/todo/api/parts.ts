import { each, openApi, type ServiceParts } from '@cdk8s-event-platform/runtime';
import { TaskCreated } from '../events/index.ts';
import { cleanUp } from './cleanup.ts';
import { taskRoutes } from './task-routes.ts';
import { insertTask } from './tasks.ts';
import { userRoutes } from './user-routes.ts';
import { eraseUser } from './users.ts';

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
    each(TaskCreated, async (tx, { data }) => {
      await insertTask(tx, data);
    }),
  ],
  jobs: { cleanup: cleanUp },
  erase: eraseUser,
};
