import type { Migration } from '@cdk8s-event-platform/contracts';
import { statementProblems } from './statement-problems.ts';

/** Every reason why migrations cannot be applied together; empty when they can. */
export function migrationProblems(migrations: readonly Migration[]): string[] {
  const problems: string[] = [];
  const sqlByName = new Map<string, string>();
  const nameByPrefix = new Map<string, string>();
  for (const { name, sql } of migrations) {
    const isNumbered = !/^projection-[a-z0-9-]+-v\d+$/.test(name);
    if (isNumbered && !/^\d{4}-[a-z0-9-]+$/.test(name)) {
      problems.push(
        `migration '${name}' does not sort: name it by four digits and words, e.g. '0100-tasks'`,
      );
    }
    const known = sqlByName.get(name);
    if (known !== undefined && known !== sql) {
      problems.push(`migration '${name}' is declared with different SQL: rename one`);
    }
    const prefix = name.slice(0, 4);
    const other = nameByPrefix.get(prefix);
    if (isNumbered && other !== undefined && other !== name) {
      problems.push(
        `migrations '${other}' and '${name}' share the number ${prefix}, so their order is not plain: give one another number`,
      );
    }
    if (known !== sql) {
      problems.push(...statementProblems(sql).map((found) => `migration '${name}': ${found}`));
    }
    nameByPrefix.set(prefix, name);
    sqlByName.set(name, sql);
  }
  return problems;
}
