import { defineApp, defineCommand } from '@cdk8s-event-platform/contracts';
import { handles, requests, type ServiceParts } from '@cdk8s-event-platform/runtime';

const PROBE = {
  type: 'object',
  required: ['url'],
  properties: { url: { type: 'string', format: 'uri', maxLength: 120 } },
} as const;

export const ProbeUrl = defineCommand({
  type: 'com.example.url.probe',
  version: '1.0.0',
  topic: 'url-probes',
  key: 'url',
  description: 'Asks whether something answers at a URL.',
  schema: PROBE,
  reply: {
    schema: {
      type: 'object',
      required: ['healthy'],
      properties: { healthy: { type: 'boolean' }, reason: { type: 'string', maxLength: 200 } },
    },
  },
  priorities: ['urgent'],
});

/** The one app that handles the command. */
export const prober = defineApp({
  appId: 'prober',
  description: 'Probes URLs.',
  port: 8080,
  subscribes: [ProbeUrl],
});

export const proberParts: ServiceParts = {
  on: [
    handles(ProbeUrl, async (_tx, { data }) => {
      // A refusal is an answer, too.
      if (!data.url.startsWith('https:')) {
        return { healthy: false, reason: 'only https is probed' };
      }
      const { ok, status } = await fetch(data.url, { signal: AbortSignal.timeout(2_000) });
      return ok ? { healthy: true } : { healthy: false, reason: `answers ${status}` };
    }),
  ],
};

/** An app that waits for answers. */
export const gateway = defineApp({
  appId: 'gateway',
  description: 'Takes URLs.',
  port: 8080,
  serves: true,
  requests: [ProbeUrl],
});

export const gatewayParts: ServiceParts = {
  routes: (api) =>
    api.post('/probes', { body: PROBE, transaction: 'first-query' }, (_tx, request) =>
      requests.send(ProbeUrl.priorities.urgent, request.body, {
        cause: request,
        timeout: { seconds: 5 },
      }),
    ),
};
