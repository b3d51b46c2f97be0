/** What is known of a task. */
export const TASK_PROPERTIES = {
  task_id: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
  user_id: { type: 'string', minLength: 1, maxLength: 128, pattern: '^[^\\u0000]*$' },
  title: { type: 'string', minLength: 1, maxLength: 500, pattern: '^[^\\u0000]*$' },
  description: { type: 'string', maxLength: 10_000, pattern: '^[^\\u0000]*$' },
  created_at: { type: 'string', format: 'date-time' },
} as const;
