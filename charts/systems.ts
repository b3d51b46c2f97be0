import type { EventPlatform } from '../constructs/index.ts';
import type { System } from './system.ts';
import { ORDERS } from './orders/index.ts';
import { TASKS } from './tasks/index.ts';
import { TODO } from './todo/index.ts';
import { TRAFFIC } from './traffic/index.ts';

/** Systems, by name. */
export type Systems = Readonly<Record<string, System>>;

/** The systems of this repository. `dist/`, the stacks, the end-to-end runs and the commands follow it. */
export const SYSTEMS: Systems = { tasks: TASKS, todo: TODO, traffic: TRAFFIC, orders: ORDERS };

/** A system in one environment. */
export interface DeclaredPlatform {
  readonly system: string;
  readonly environment: string;
  /** Folder below `dist/`, e.g. `tasks/local`. */
  readonly folder: string;
  readonly declare: () => EventPlatform;
}

/** Every system in each of its environments. */
export const PLATFORMS: readonly DeclaredPlatform[] = Object.entries(SYSTEMS).flatMap(
  ([system, { environments }]) =>
    Object.entries(environments).map(([environment, declare]) => ({
      system,
      environment,
      folder: `${system}/${environment}`,
      declare,
    })),
);
