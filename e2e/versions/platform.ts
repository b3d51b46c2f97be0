import { App } from 'cdk8s';
import {
  DaprPubSub,
  DeadLetterProcessor,
  EventPlatform,
  EventProducer,
  IdempotentConsumer,
  PostgresDatabase,
} from '../../constructs/index.ts';
import type { DeclaredSystem } from '../../testkit/platform/platform.ts';
import { manifest as archive } from './apps/archive/manifest.ts';
import { manifest as scanner } from './apps/scanner/manifest.ts';
import { manifest as scanner2 } from './apps/scanner-2/manifest.ts';
import { DocumentScannedV1 } from './contracts.ts';

/** Two scanners that publish two versions of an event to one topic, and an archive that receives both. */
export const DOCUMENTS: DeclaredSystem = {
  images: {
    scanner: '../e2e/versions/apps/scanner',
    'scanner-2': '../e2e/versions/apps/scanner-2',
    archive: '../e2e/versions/apps/archive',
    'dead-letter-processor': 'dead-letter-processor',
  },
  declare: (environment, options) => {
    const platform = new EventPlatform(new App(), 'documents', { environment });
    const broker = options.broker(platform);
    const database = new PostgresDatabase(platform, 'postgres');
    const pubSub = new DaprPubSub(platform, 'kafka-pubsub', { broker });
    pubSub.addTopic(DocumentScannedV1, { partitions: 6 });
    const deadLetters = new DeadLetterProcessor(platform, 'dead-letter-processor', {
      ...{ pubSub, database },
    });
    for (const manifest of [scanner, scanner2]) {
      new EventProducer(platform, manifest.appId, { manifest, pubSub, database });
    }
    new IdempotentConsumer(platform, 'archive', {
      ...{ manifest: archive, pubSub, database, deadLetters },
    });
    return platform;
  },
};
