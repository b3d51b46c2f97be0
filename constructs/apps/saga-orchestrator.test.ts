import { describe, expect, it } from 'vitest';
import {
  type AppManifest,
  defineApp,
  defineCommand,
  defineSaga,
} from '@cdk8s-event-platform/contracts';
import { GrafanaDashboards } from '../observability/dashboards/grafana-dashboards.ts';
import { platformDiagram } from '../outputs/mermaid.ts';
import { TestPlatform } from '../testing/fixtures.ts';
import { manifestProblems } from '../testing/manifest-problems.ts';
import { messageOf } from '../testing/refusal.ts';
import { EventApp } from './event-app.ts';
import { SagaOrchestrator, type SagaOrchestratorProps } from './saga-orchestrator.ts';

const Book = defineCommand({
  type: 'com.example.trip.book',
  version: '1.0.0',
  topic: 'bookings',
  key: 'trip_id',
  description: 'Asks for a room.',
  schema: {
    type: 'object',
    required: ['trip_id'],
    properties: { trip_id: { type: 'string', maxLength: 64 } },
  },
  reply: {
    schema: {
      type: 'object',
      required: ['outcome'],
      properties: { outcome: { enum: ['booked', 'full'] } },
    },
  },
});
const BookTrip = defineSaga({
  name: 'book-trip',
  version: '1.0.0',
  description: 'Books a trip.',
  data: { type: 'object', properties: {} },
  steps: [{ name: 'room', request: Book, done: 'booked', failed: 'full', timeout: { minutes: 5 } }],
});
const base = { description: 'Books trips.', port: 8080 } as const;
const trips = defineApp({ ...base, appId: 'trips', sagas: [BookTrip] });
const hotel = defineApp({ ...base, appId: 'hotel', subscribes: [Book] });

function platformOf(props: Partial<SagaOrchestratorProps> = {}, manifest: AppManifest = trips) {
  const test = new TestPlatform();
  const { platform, pubSub, database } = test;
  const orchestrator = new SagaOrchestrator(platform, 'trips', {
    ...{ manifest, pubSub, database, ...props },
  });
  new EventApp(platform, 'hotel', { manifest: hotel, pubSub, database });
  return { test, orchestrator };
}

describe('SagaOrchestrator', () => {
  it('has topics, rights and subscriptions by its sagas alone', () => {
    const { test, orchestrator } = platformOf();
    expect(manifestProblems(test.objects())).toEqual([]);
    expect(
      test.pubSub.topics.map(({ name, publishers, subscribers }) => [
        name,
        publishers,
        subscribers,
      ]),
    ).toEqual([
      ['bookings', ['trips'], ['hotel']],
      ['bookings.replies', ['hotel'], ['trips']],
    ]);
    expect(orchestrator.requestAlerts).toBeUndefined();
  });

  it('is alerted about, and has a dashboard', () => {
    const { test } = platformOf();
    const { dashboards } = new GrafanaDashboards(test.platform, 'dashboards');
    const { rules } = test.object('PrometheusRule', 'trips-sagas-alerts').spec.groups[0] as {
      rules: { alert: string; annotations: Record<string, string> }[];
    };
    expect(rules.map(({ alert }) => alert)).toEqual(['SagaCompensationFailed', 'SagaStuck']);
    expect(rules[0]!.annotations.dashboard).toBe('/d/event-driven-sagas?var-consumer=trips');
    expect(dashboards.at(-1)?.uid).toBe('event-driven-sagas');
  });

  it('keeps a pod for timeouts, unless it is told otherwise', () => {
    const scaled = (props: Partial<SagaOrchestratorProps> = {}) =>
      platformOf(props).orchestrator.receiver.scaler;
    expect(scaled()).toMatchObject({ minReplicas: 1 });
    expect(scaled({ scaling: { minReplicas: 0 } })).toMatchObject({ minReplicas: 0 });
    expect(scaled({ scaling: false })).toBeUndefined();
  });

  it('is woken by sagas that are due', () => {
    const { test } = platformOf({ scaling: { minReplicas: 0 } });
    const { triggers } = test.object('ScaledObject', 'trips').spec as {
      triggers: { type: string; metadata: Record<string, string> }[];
    };
    expect(triggers.find(({ type }) => type === 'postgresql')?.metadata).toMatchObject({
      query: "SELECT due_work('trips')",
    });
  });

  it('shows its sagas in the diagram', () => {
    expect(platformDiagram(platformOf().test.platform)).toContain('saga book-trip');
  });

  it('is refused without sagas', () => {
    expect(messageOf(() => platformOf({}, { ...hotel, appId: 'trips' }))).toContain(
      "app manifest 'trips' has no sagas: list them under 'sagas'",
    );
  });

  it('is refused without a database', () => {
    expect(messageOf(() => platformOf({ database: undefined as never }))).toContain(
      'which keeps the sagas',
    );
  });

  it('is refused without a participant', () => {
    const test = new TestPlatform();
    const { platform, pubSub, database } = test;
    new SagaOrchestrator(platform, 'trips', { manifest: trips, pubSub, database });
    expect(messageOf(() => test.objects())).toContain(
      "command 'com.example.trip.book' is sent by 'trips', and no app handles it",
    );
  });
});
