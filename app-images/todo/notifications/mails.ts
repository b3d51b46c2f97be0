import type { TaskCompletedData, TaskCreatedData, UserRegisteredData } from '../events/index.ts';

/** Subject and text of a mail. */
export interface Mail {
  readonly subject: string;
  readonly text: string;
}

/** The open tasks of a user. */
export interface OpenTasks {
  /** How many have been open for long. */
  readonly open: number;
  /** Title of the oldest. */
  readonly oldest: string;
}

export const welcome = ({ name }: UserRegisteredData): Mail => ({
  subject: 'Welcome to Todo',
  text: `Hello ${name},\n\nwe have put some tasks on your list, to show you around.\n`,
});

export const taskCreated = ({ title }: TaskCreatedData): Mail => ({
  subject: `Task created: ${title}`,
  text: `You have a new task:\n\n  ${title}\n`,
});

export const taskCompleted = ({ title, duration_minutes: minutes }: TaskCompletedData): Mail => ({
  subject: `Well done: ${title}`,
  text: `You have completed a task within ${minutes} minutes:\n\n  ${title}\n`,
});

export const reminder = ({ open, oldest }: OpenTasks): Mail => ({
  subject: open === 1 ? 'One task is waiting' : `${open} tasks are waiting`,
  text: `The oldest of your open tasks:\n\n  ${oldest}\n`,
});
