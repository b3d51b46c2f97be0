import type { Scenarios } from '../scenario.ts';
import { appCallsFailing } from './calls.ts';
import { cacheBypassed, cacheDown, cacheEvicting } from './cache.ts';
import {
  deadLettersGrowing,
  effectsFailed,
  eventErrorsHigh,
  eventIngressDropped,
  eventProcessingSlow,
  eventsQuarantined,
} from './consumer.ts';
import {
  kafkaControllerMissing,
  kafkaPartitionsOffline,
  kafkaPartitionsUnderReplicated,
} from './kafka.ts';
import { commandsUnanswered } from './requests.ts';
import {
  eventStoreConflicts,
  eventStoreHeldBack,
  projectionBehind,
  projectionStopped,
} from './event-store.ts';
import { jobFailing, jobOverdue } from './jobs.ts';
import { consumerDrainSlow, consumerLagHigh, consumerMissing, consumerStalled } from './lag.ts';
import { outboxEventsSetAside, outboxStuck, publishErrors } from './producer.ts';
import { sagaCompensationFailed, sagaStuck } from './sagas.ts';
import { dueWorkWaiting, scalerAtMaximum, scalerFailing } from './scaler.ts';
import { metricsMissing } from './scrape.ts';
import { certificateExpiring, serversMissing } from './servers.ts';
import { deliverySloAtRisk } from './slo.ts';
import { volumeFilling, volumeFull } from './volumes.ts';

/** The scenarios of every alert, by its name. */
export const SCENARIOS: Readonly<Record<string, Scenarios>> = {
  AppCallsFailing: appCallsFailing,
  CacheBypassed: cacheBypassed,
  CacheDown: cacheDown,
  CacheEvicting: cacheEvicting,
  CommandsUnanswered: commandsUnanswered,
  CertificateExpiring: certificateExpiring,
  ConsumerDrainSlow: consumerDrainSlow,
  ConsumerLagHigh: consumerLagHigh,
  ConsumerMissing: consumerMissing,
  ConsumerStalled: consumerStalled,
  DeadLettersGrowing: deadLettersGrowing,
  DeliverySloAtRisk: deliverySloAtRisk,
  EffectsFailed: effectsFailed,
  EventErrorsHigh: eventErrorsHigh,
  EventIngressDropped: eventIngressDropped,
  EventProcessingSlow: eventProcessingSlow,
  EventsQuarantined: eventsQuarantined,
  EventStoreConflicts: eventStoreConflicts,
  EventStoreHeldBack: eventStoreHeldBack,
  ProjectionBehind: projectionBehind,
  ProjectionStopped: projectionStopped,
  JobFailing: jobFailing,
  JobOverdue: jobOverdue,
  KafkaControllerMissing: kafkaControllerMissing,
  KafkaPartitionsOffline: kafkaPartitionsOffline,
  KafkaPartitionsUnderReplicated: kafkaPartitionsUnderReplicated,
  MetricsMissing: metricsMissing,
  OutboxEventsSetAside: outboxEventsSetAside,
  OutboxStuck: outboxStuck,
  PublishErrors: publishErrors,
  SagaCompensationFailed: sagaCompensationFailed,
  SagaStuck: sagaStuck,
  ScalerAtMaximum: scalerAtMaximum,
  DueWorkWaiting: dueWorkWaiting,
  ScalerFailing: scalerFailing,
  ServersMissing: serversMissing,
  VolumeFilling: volumeFilling,
  VolumeFull: volumeFull,
};
