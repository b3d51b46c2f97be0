import { localPlatform } from '../../charts/tasks/local-platform.ts';
import { EventApp, type EventPlatform } from '../../constructs/index.ts';

/** An app of a platform. @throws Error when it has no such app. */
export function appOf(platform: EventPlatform, appId: string): EventApp {
  const found = platform.node
    .findAll()
    .find(
      (construct): construct is EventApp =>
        construct instanceof EventApp && construct.appId === appId,
    );
  if (found === undefined) {
    throw new Error(`the platform has no app '${appId}'`);
  }
  return found;
}

/** The local task platform, one of whose consumers may also read tasks of the producer by calls. */
export function callingPlatform(): EventPlatform {
  const platform = localPlatform();
  const producer = appOf(platform, 'producer');
  appOf(platform, 'task-processor').grantInvoke(producer, [{ methods: ['GET'], path: '/tasks/*' }]);
  return platform;
}
