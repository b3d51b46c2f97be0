/** `node /app/cli.js` in the image: what `event-platform dead-letters` does. */
import { runDeadLetters } from '@cdk8s-event-platform/runtime/dead-letters';

process.exitCode = await runDeadLetters(process.argv.slice(2));
