/**
 * What all events of the Todo system have in common: one topic, so that whatever happens to a user and their tasks
 * keeps its order.
 */
export const TODO_EVENTS = {
  version: '1.0.0',
  topic: 'todo-events',
  key: 'user_id',
  ordered: true,
} as const;
