import type { IConstruct } from 'constructs';
import {
  coded,
  having,
  manifestProblems,
  must,
  type Problem,
  versionedContracts,
} from '@cdk8s-event-platform/contracts/internal';
import { EventPlatform } from '../platform/event-platform.ts';
import { type AppManifest } from '@cdk8s-event-platform/contracts';
import { otherPlatformProblem } from '../platform/same-platform.ts';
import { serviceAccountProblems } from '../security/service-account.ts';
import { disagreements } from '../messaging/contract-registry.ts';
import type { DaprPubSub } from '../dapr/dapr-pub-sub.ts';
import type { PostgresDatabase } from '../data/postgres-database.ts';
import type { AppOptions } from './app-options.ts';
import { personalDataProblems } from './sealed-events.ts';
import { stopProblems } from './stop-times.ts';

/** A manifest; its parts are checked where it is looked into. */
export const manifestCheck = having('an app manifest, e.g. of defineApp', 'appId', 'port');
/** A pub/sub component. */
export const pubSubCheck = having('a DaprPubSub', 'topicOf', 'broker');
/** A database. @param purpose what only some apps need one for. @default - said with the kind of app */
export function databaseCheck(purpose = '') {
  return having(`a PostgresDatabase${purpose}`, 'addApp', 'connectionEnv');
}

/** A number of pods. */
export function podsCheck(message = 'is not a number of pods: use 1 or more') {
  return must((value) => Number.isInteger(value) && Number(value) >= 1, message);
}

/** What an app is made of. */
interface AppParts extends AppOptions {
  readonly manifest: AppManifest;
  readonly pubSub: DaprPubSub;
  readonly database?: PostgresDatabase | undefined;
}

/** What is wrong with an app, whatever it does. */
export function appProblems(scope: IConstruct, props: AppParts): Problem[] {
  const { manifest, pubSub, database } = props;
  const problems = manifestProblems(manifest).map(
    (problem) => `app manifest '${manifest.appId}': ${problem}`,
  );
  return [
    ...coded('EP2002', ...problems),
    ...(problems.length > 0
      ? []
      : disagreements(scope, { ...manifest, names: versionedContracts(manifest.streams) })),
    ...coded(
      'EP5002',
      otherPlatformProblem(scope, 'pubSub', pubSub),
      otherPlatformProblem(scope, 'database', database),
    ),
    ...coded(
      'EP4006',
      ...notificationProblems(scope, props),
      migrationsProblem(props),
      ...(problems.length > 0 ? [] : personalDataProblems(scope, manifest, database)),
    ),
    ...coded('EP1002', ...serviceAccountProblems('serviceAccount', props.serviceAccount)),
    ...coded('EP1003', ...stopProblems(props)),
  ];
}

/** What is wrong with where notifications go: an image that sends some has to be told, and no other. */
function notificationProblems(
  scope: IConstruct,
  { manifest, notifications }: AppParts,
): readonly string[] {
  if (notifications === undefined) {
    return manifest.notifies === true
      ? [
          'the image sends notifications, and nobody says where to: give notifications, such as NotificationTarget.smtp({ host, from, to }), or locally new MailSink(platform, id).targetOf(appId)',
        ]
      : [];
  }
  return manifest.notifies === true
    ? notifications.problems(EventPlatform.of(scope).environment.production)
    : [
        'notifications are given to an image that sends none: leave them out, or set `notifies` in its manifest',
      ];
}

/** What only an app that has migrations, and no database, is told. */
function migrationsProblem({ manifest, database }: AppParts): string | false {
  return (
    database === undefined &&
    (manifest.migrations ?? []).length > 0 &&
    `app manifest '${manifest.appId}' has migrations, and there is no database to apply them to: give it one, as the property 'database'`
  );
}

/** The types of events, for messages. */
export function typesOf(contracts: AppManifest['publishes']): string {
  return (contracts ?? []).map(({ type }) => `'${type}'`).join(', ');
}
