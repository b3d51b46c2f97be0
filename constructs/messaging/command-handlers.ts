import { contractName, majorOf } from '@cdk8s-event-platform/contracts/interface';
import type { Topic } from './topic.ts';

function listed(appIds: readonly string[]): string {
  return appIds.map((appId) => `'${appId}'`).join(' and ');
}

/** Commands that not exactly one app handles. Where others receive the topic, the handler may be theirs. */
export function commandProblems(topics: readonly Topic[]): string[] {
  return topics.flatMap((topic) =>
    topic.contracts
      .filter(({ command }) => command === true)
      .flatMap((contract) => {
        const handlers = topic.handlersOf(contract);
        const name = `command '${contract.type}'${majorOf(contract.version) > 1 ? ` (${contractName(contract)})` : ''}`;
        if (handlers.length > 1) {
          return [
            `${name} is handled by ${listed(handlers)}, and each would carry it out: list it under 'subscribes' of one manifest, or declare an event with defineEvent where several apps react`,
          ];
        }
        const isSent = topic.publishers.length > 0 || topic.publishedByOthers;
        return handlers.length === 1 || topic.receivedByOthers || !isSent
          ? []
          : [
              `${name} is sent by ${listed(topic.publishers) || 'clients of other namespaces'}, and no app handles it: list it under 'subscribes' of one manifest, or import its topic where another platform handles it`,
            ];
      }),
  );
}
