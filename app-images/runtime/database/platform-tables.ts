import { classifyFailure, DatabaseUnavailableError } from '../errors/failure.ts';

/**
 * Runs statements on the platform's own tables. Their failures, such as a revoked privilege or a missing table, are not
 * caused by an event.
 */
export async function onPlatformTables<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const failure = classifyFailure(error);
    if (failure === 'failed') {
      throw new DatabaseUnavailableError("the platform's tables cannot be written to", error);
    }
    throw error;
  }
}
