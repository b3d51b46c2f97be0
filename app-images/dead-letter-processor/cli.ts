/** `npm run dead-letters`, and `node /app/cli.js` in the image. */
import { openDatabase, silentLogger } from '../runtime/internal.ts';
import { deadLetters } from './commands.ts';
import { QuarantineStore } from './quarantine-store.ts';

const pool = openDatabase({ applicationName: 'dead-letters', connections: 2, log: silentLogger });
process.exitCode = await deadLetters(process.argv.slice(2), () => new QuarantineStore(pool), {
  out: (line) => console.log(line),
});
await pool.end();
