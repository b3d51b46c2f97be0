import {
  answer,
  type Api,
  type ApiAnswer,
  type ApiRequest,
  checkIfMatch,
  etagOf,
  HttpProblem,
  isUnchanged,
  type RequestTransaction,
} from '@cdk8s-event-platform/runtime';
import { DESCRIPTION, PERSONAL, TITLE, USER_ID } from '../events/properties.ts';
import { TaskCompleted, TaskCreated, TaskDeleted, TaskUpdated } from '../events/index.ts';
import { TASK, type Task, taskKey } from '../state/task-cache.ts';
import { taskCache } from './cache.ts';
import { findTask, insertTask, listTasks, noTask, taskIdOf, updateTask } from './tasks.ts';
import { findUser, noUser } from './users.ts';

const CREATE = {
  type: 'object',
  required: ['user_id', 'title'],
  properties: {
    user_id: USER_ID,
    title: { ...TITLE, ...PERSONAL },
    description: { ...DESCRIPTION, ...PERSONAL },
  },
  additionalProperties: false,
} as const;
const UPDATE = {
  type: 'object',
  minProperties: 1,
  properties: { title: TITLE, description: { ...DESCRIPTION, type: ['string', 'null'] } },
  additionalProperties: false,
} as const;
const LIST = {
  type: 'object',
  required: ['user_id'],
  properties: {
    user_id: USER_ID,
    completed: { type: 'boolean' },
    after: { type: 'integer', minimum: 0 },
    limit: { type: 'integer', minimum: 1, maximum: 200 },
  },
} as const;
const TASKS = {
  type: 'object',
  required: ['tasks'],
  properties: { tasks: { type: 'array', items: TASK } },
} as const;

/** A task that a request changes, locked. @throws HttpProblem 404 or 412 */
async function lockTask(tx: RequestTransaction, request: ApiRequest): Promise<Task> {
  const taskId = taskIdOf(request.params.task_id!);
  const task = await findTask(tx, taskId, 'FOR UPDATE');
  if (task === undefined) {
    throw noTask(taskId);
  }
  checkIfMatch(request, etagOf(task.version));
  return task;
}

function answerWith(task: Task, status = 200): ApiAnswer {
  return answer(status, task, {
    etag: etagOf(task.version),
    ...(status === 201 && { location: `/api/tasks/${task.task_id}` }),
  });
}

/** What a request changes; empty where everything is as it was. */
function changesOf(task: Task, body: { title?: string; description?: string | null }) {
  const changed = (old: string, value: string | undefined) =>
    value === undefined || value === old ? undefined : { old, new: value };
  const title = changed(task.title, body.title);
  const given = body.description === null ? '' : body.description;
  const description = changed(task.description ?? '', given);
  return { ...(title && { title }), ...(description && { description }) };
}

async function createTask(
  tx: RequestTransaction,
  { body }: { readonly body: { user_id: string; title: string; description?: string } },
): Promise<ApiAnswer> {
  if ((await findUser(tx, body.user_id)) === undefined) {
    throw noUser(body.user_id, 422);
  }
  const time = new Date().toISOString();
  const task = (await insertTask(tx, { ...body, created_at: time }))!;
  await tx.publish(
    TaskCreated,
    {
      ...{ task_id: task.task_id, user_id: task.user_id, title: task.title, completed: false },
      ...(body.description !== undefined && { description: body.description }),
      created_at: time,
    },
    { time },
  );
  return answerWith(task, 201);
}

/** From the cache, unless the client asks for what is in the database. */
async function getTask(tx: RequestTransaction, request: ApiRequest): Promise<ApiAnswer> {
  const taskId = taskIdOf(request.params.task_id!);
  const load = () => findTask(tx, taskId);
  const noCache = /\bno-cache\b/.test(request.headers['cache-control'] ?? '');
  const task = await (noCache ? load() : taskCache.get(taskKey(taskId), load));
  if (task === undefined) {
    throw noTask(taskId);
  }
  const etag = etagOf(task.version);
  return isUnchanged(request, etag) ? answer(304, undefined, { etag }) : answerWith(task);
}

async function changeTask(
  tx: RequestTransaction,
  request: ApiRequest<{ title?: string; description?: string | null }>,
): Promise<ApiAnswer> {
  const task = await lockTask(tx, request);
  if (task.completed) {
    throw new HttpProblem(409, 'the task is completed: only open tasks are changed');
  }
  const changes = changesOf(task, request.body);
  if (Object.keys(changes).length === 0) {
    return answerWith(task);
  }
  const time = new Date().toISOString();
  const { title = task.title, description = task.description ?? null } = request.body;
  const updated = await updateTask(
    ...([tx, task.task_id, 'title = $3, description = $4', time, title, description] as const),
  );
  const { task_id: taskId, user_id: userId } = task;
  await tx.publish(
    TaskUpdated,
    { task_id: taskId, user_id: userId, changes, updated_at: updated.updated_at },
    { time },
  );
  return answerWith(updated);
}

async function completeTask(tx: RequestTransaction, request: ApiRequest): Promise<ApiAnswer> {
  const task = await lockTask(tx, request);
  if (task.completed) {
    throw new HttpProblem(409, 'the task is completed already');
  }
  const now = new Date();
  const time = now.toISOString();
  const completed = await updateTask(tx, task.task_id, 'completed_at = $2', time);
  const minutes = Math.floor((now.getTime() - Date.parse(task.created_at)) / 60_000);
  const { task_id: taskId, user_id: userId, title } = task;
  await tx.publish(
    TaskCompleted,
    {
      ...{ task_id: taskId, user_id: userId, title, completed_at: time },
      duration_minutes: Math.max(0, minutes),
    },
    { time },
  );
  return answerWith(completed);
}

async function deleteTask(tx: RequestTransaction, request: ApiRequest): Promise<void> {
  const { task_id: taskId, user_id: userId, title } = await lockTask(tx, request);
  const time = new Date().toISOString();
  await updateTask(tx, taskId, 'deleted_at = $2', time);
  await tx.publish(
    TaskDeleted,
    { task_id: taskId, user_id: userId, title, deleted_at: time, reason: 'user_requested' },
    { time },
  );
}

/** Routes of tasks, below `/api/tasks`. */
export function taskRoutes(api: Api): void {
  const task = { 200: { schema: TASK } };
  api.post(
    '/api/tasks',
    { summary: 'Creates a task.', body: CREATE, answers: { 201: { schema: TASK } } },
    createTask,
  );
  api.get(
    '/api/tasks',
    { summary: 'Lists tasks of a user.', query: LIST, answers: { 200: { schema: TASKS } } },
    async (tx, { query }) => ({ tasks: await listTasks(tx, query) }),
  );
  api.get(
    '/api/tasks/:task_id',
    { summary: 'Shows a task.', answers: { ...task, 304: {} } },
    getTask,
  );
  api.patch(
    '/api/tasks/:task_id',
    { summary: 'Changes an open task.', body: UPDATE, ifMatch: 'required', answers: task },
    changeTask,
  );
  api.post(
    '/api/tasks/:task_id/complete',
    { summary: 'Completes a task.', ifMatch: 'optional', answers: task },
    completeTask,
  );
  api.delete(
    '/api/tasks/:task_id',
    { summary: 'Deletes a task.', ifMatch: 'optional', answers: { 204: {} } },
    deleteTask,
  );
}
