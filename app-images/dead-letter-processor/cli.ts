/** `node /app/cli.js` in the image: what `event-platform dead-letters` and `event-platform erase` do. */
import { runDeadLetters, runErase } from '@cdk8s-event-platform/runtime/dead-letters';

const [command, ...rest] = process.argv.slice(2);
process.exitCode =
  command === 'erase' ? await runErase(rest) : await runDeadLetters(process.argv.slice(2));
