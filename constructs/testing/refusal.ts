import { expect } from 'vitest';

/** What is said when something is refused; declared once, since a construct that is refused keeps its id. */
export function messageOf(declare: () => unknown): string {
  try {
    declare();
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    return (error as Error).message;
  }
  return 'nothing was refused';
}
