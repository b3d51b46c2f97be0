import { HttpProblem, type Transaction } from '@cdk8s-event-platform/runtime';
import type { UserRegisteredData } from '../events/index.ts';

/** What is shown of a user. */
export type User = Pick<UserRegisteredData, 'user_id' | 'source' | 'registered_at'>;

/** A user, without personal data; undefined if the user does not exist. */
export async function findUser(tx: Transaction, userId: string): Promise<User | undefined> {
  const { rows } = await tx.query<Omit<User, 'registered_at'> & { registered_at: Date }>(
    'SELECT user_id, source, registered_at FROM todo_users WHERE user_id = $1',
    [userId],
  );
  const [user] = rows;
  return user && { ...user, registered_at: user.registered_at.toISOString() };
}

/** Adds a user. @returns whether nobody had the address before. */
export async function insertUser(tx: Transaction, user: UserRegisteredData): Promise<boolean> {
  const { user_id: userId, email, name, source, registered_at: registeredAt } = user;
  const { rowCount } = await tx.query(
    `INSERT INTO todo_users (user_id, email, name, source, registered_at)
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    [userId, email, name, source, registeredAt],
  );
  return rowCount === 1;
}

/** Deletes a user who was erased, with their tasks, and answers that repeat what they wrote. */
export async function eraseUser(tx: Transaction, userId: string): Promise<void> {
  await tx.query(`DELETE FROM idempotency_keys WHERE body->>'user_id' = $1`, [userId]);
  await tx.query('DELETE FROM todo_users WHERE user_id = $1', [userId]);
  await tx.query('DELETE FROM todo_tasks WHERE user_id = $1', [userId]);
}

/** The answer where a user is not there. */
export function noUser(userId: string, status: 404 | 422 = 404): HttpProblem {
  return new HttpProblem(status, `there is no user ${userId.slice(0, 64)}`);
}
