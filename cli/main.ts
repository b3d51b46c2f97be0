#!/usr/bin/env node
/** The command `event-platform`. */
import { command } from './command.ts';
import { main } from './event-platform.ts';

await command('event-platform', async () => {
  process.exitCode = await main(process.argv.slice(2));
});
