/** Builds the real parts that end-to-end tests run, into a cache outside the checkout. */
import { parseArgs } from 'node:util';
import { command } from '../../cli/command.ts';
import { cacheFolder } from './cache.ts';
import { ensureTools, TOOL_NAMES, type ToolName } from './index.ts';

const HELP = `npx tsx testkit/tools/main.ts [NAME …]

Builds ${TOOL_NAMES.join(', ')} from pinned modules, once, into
${cacheFolder()} (EVENT_PLATFORM_CACHE names another place).
Needs Go, Java, Maven and etcd; what is missing is named.

  --help   this text`;

await command('tools', () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' } },
  });
  const unknown = positionals.filter((name) => !TOOL_NAMES.includes(name as ToolName));
  if (values.help) {
    console.log(HELP);
  } else if (unknown.length > 0) {
    throw new Error(`no tool '${unknown.join("', '")}': use ${TOOL_NAMES.join(', ')}`);
  } else {
    const started = performance.now();
    const names = positionals.length > 0 ? (positionals as ToolName[]) : TOOL_NAMES;
    ensureTools(names);
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    console.log(`${names.length} tools in ${cacheFolder()}, ${seconds} s`);
  }
});
