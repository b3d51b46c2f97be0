/** `event-platform events`: publishes events, and looks at those of a topic. */
import { UsageError } from '../command-line.ts';

const HELP = `event-platform events COMMAND [OPTIONS]

  publish TYPE     publishes an event, checked by its contract
  tail TYPE|TOPIC  prints events as they come, each with what its schema says of it
  replay CONSUMER  replays the events of topics: into a file, or for real

In a cluster they work through the pod of the construct EventTools, with its rights, and need kubectl.
\`event-platform events COMMAND --help\` explains a command.`;

export async function run(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  switch (command) {
    case 'publish':
      return (await import('../events/publish.ts')).publishEvent(rest);
    case 'tail':
      return (await import('../events/tail.ts')).tailEvents(rest);
    case 'replay':
      return (await import('../events/replay.ts')).replayEvents(rest);
    case '--help':
    case '-h':
      console.log(HELP);
      return 0;
    default:
      throw new UsageError(
        `${command === undefined ? 'events needs a command' : `no command 'events ${command}'`}: use publish, tail or replay`,
      );
  }
}
