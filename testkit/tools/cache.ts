import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Something that is built once and kept. */
export interface Tool {
  /** Short name, e.g. `daprd`. */
  readonly name: string;
  /** Version of what is built. */
  readonly version: string;
  /** Everything else that the result depends on: another recipe is another entry of the cache. */
  readonly recipe: string;
  /** Builds into an empty folder. */
  readonly build: (folder: string) => void;
}

/** Folder of the cache: `EVENT_PLATFORM_CACHE`, else `cdk8s-event-platform` in the user's own. */
export function cacheFolder(): string {
  return (
    process.env.EVENT_PLATFORM_CACHE ??
    join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'cdk8s-event-platform')
  );
}

/** Folder of one tool. Changes with its version and recipe. */
export function toolFolder(tool: Pick<Tool, 'name' | 'version' | 'recipe'>): string {
  const hash = createHash('sha256').update(tool.recipe).digest('hex').slice(0, 10);
  return join(cacheFolder(), `${tool.name}-${tool.version}-${hash}`);
}

/**
 * The folder of a tool, built now if it is not there. It is built aside and then renamed, so an
 * interrupted build leaves nothing that looks complete.
 */
export function ensureTool(tool: Tool): string {
  const folder = toolFolder(tool);
  const label = `${tool.name} ${tool.version}`;
  if (existsSync(folder)) {
    console.log(`  ${label.padEnd(28)} cached`);
    return folder;
  }
  mkdirSync(cacheFolder(), { recursive: true });
  const started = performance.now();
  const building = mkdtempSync(`${folder}.building-`);
  console.log(`  ${label.padEnd(28)} building …`);
  try {
    tool.build(building);
    renameSync(building, folder);
  } catch (error) {
    rmSync(building, { recursive: true, force: true });
    throw error;
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`  ${label.padEnd(28)} built in ${seconds} s`);
  return folder;
}
