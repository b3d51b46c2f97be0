const text = { type: 'string', pattern: '^[^\\u0000]*$' } as const;

/** Id of a user. */
export const USER_ID = { ...text, minLength: 1, maxLength: 64 } as const;
/** Id of a task. */
export const TASK_ID = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } as const;
/** Mark of what users write: it is encrypted in events, and unreadable when they are erased. */
export const PERSONAL = { pii: true } as const;
export const TITLE = { ...text, minLength: 1, maxLength: 200 } as const;
export const DESCRIPTION = { ...text, maxLength: 5_000 } as const;
/** When something happened, RFC 3339. */
export const TIME = { type: 'string', format: 'date-time' } as const;

/** A value before and after a change. */
export function changeOf<const Value extends object>(value: Value) {
  return {
    type: 'object',
    required: ['old', 'new'],
    properties: { old: value, new: value },
  } as const;
}
