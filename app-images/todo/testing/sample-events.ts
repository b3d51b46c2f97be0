import {
  TaskCompleted,
  type TaskCompletedData,
  TaskCreated,
  type TaskCreatedData,
  TaskDeleted,
  type TaskDeletedData,
  TaskUpdated,
  type TaskUpdatedData,
} from '../events/index.ts';

const TIME = '2026-03-01T10:00:00.000Z';

/** Time after the creation of the sample task, in minutes. */
export function minutesLater(minutes: number): string {
  return new Date(Date.parse(TIME) + minutes * 60_000).toISOString();
}

const task = { task_id: 7, user_id: 'ada', title: 'Buy groceries' };

export const created = (changes: Partial<TaskCreatedData> = {}): TaskCreatedData => ({
  ...{ ...task, description: 'Milk, eggs, bread', completed: false, created_at: TIME },
  ...changes,
});
export const updated = (
  changes: TaskUpdatedData['changes'],
  minutes = 30,
  of: Partial<TaskUpdatedData> = {},
): TaskUpdatedData => ({
  ...{ task_id: task.task_id, user_id: task.user_id, changes, updated_at: minutesLater(minutes) },
  ...of,
});
export const completed = (changes: Partial<TaskCompletedData> = {}): TaskCompletedData => ({
  ...{ ...task, completed_at: minutesLater(90), duration_minutes: 90 },
  ...changes,
});
export const deleted = (changes: Partial<TaskDeletedData> = {}): TaskDeletedData => ({
  ...{ ...task, deleted_at: minutesLater(120), reason: 'user_requested' as const },
  ...changes,
});

/** What may be delivered of one task, by name. */
export const LIFE = {
  created: [TaskCreated, created()],
  renamed: [TaskUpdated, updated({ title: { old: 'Buy groceries', new: 'Cook dinner' } }, 30)],
  described: [TaskUpdated, updated({ description: { old: '', new: 'Pasta' } }, 40)],
  completed: [TaskCompleted, completed()],
  deleted: [TaskDeleted, deleted()],
} as const;
