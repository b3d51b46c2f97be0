import { Lazy } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import {
  INTERFACE,
  METRICS_PORT,
  METRICS_PORT_NAME,
  RUNTIME_ENV,
  RUNTIME_PATHS,
} from '@cdk8s-event-platform/contracts/interface';
import { selectorLabels } from '../core/names.ts';
import { resources } from '../core/quantities.ts';
import { containerPorts } from '../core/workloads.ts';
import { SidecarViews } from '../dapr/sidecar-views.ts';
import { sidecarAnnotations } from '../dapr/sidecar.ts';
import { EventPlatform } from '../platform/event-platform.ts';
import type { CertificateFile } from '../security/certificate-file.ts';
import { restrictedPod } from '../security/pod-security.ts';
import type { SecretReference } from '../security/secret-reference.ts';
import { DEFAULT_SIZE } from './app-options.ts';
import type { AppWorkloadProps } from './app-workload-props.ts';
import { eventLimitsEnv } from './event-limits.ts';
import { tokenEnv } from './sidecar-token.ts';
import { stopTimes } from './stop-times.ts';
import { tracingEnv } from './tracing-env.ts';

/** Annotation of pods that changes when what their sidecar loads changes: they are replaced then. */
const SIDECAR_VIEW = 'event-platform/sidecar-view';

/** Annotation of pods that changes when the files that their app reads change. */
const FILES = 'event-platform/files';

/** User id of `nonroot` in distroless images. */
const APP_USER = 65_532;

/** What the pods of an app need beside its properties. */
export interface AppPodOptions {
  readonly image: string;
  /** Name of the Dapr Configuration; asked for when everything is declared. */
  readonly configuration: () => string;
  /** Name of the one that says what is sampled. */
  readonly traceConfiguration: string;
  /** The token that app and sidecar show each other. */
  readonly token: SecretReference;
  /** `secret:key` by the name of the sidecar's variable; read when everything is declared. */
  readonly sidecarSecrets: ReadonlyMap<string, string>;
  /** Files of the sidecar by path; read when everything is declared. */
  readonly sidecarFiles: ReadonlyMap<string, CertificateFile>;
}

/** Pod template of an app with its sidecar. */
export function appPod(
  scope: Construct,
  labels: Record<string, string>,
  props: AppWorkloadProps,
  options: AppPodOptions,
): k8s.PodTemplateSpec {
  const { manifest, database, files, companions } = props;
  const { sidecarFiles } = options;
  const name = manifest.appId;
  const authority = database?.authority;
  const tmp = { name: 'tmp', emptyDir: {} };
  return {
    metadata: { labels, annotations: annotations(scope, props, options) },
    spec: restrictedPod(APP_USER, {
      serviceAccountName: props.serviceAccount?.name ?? name,
      terminationGracePeriodSeconds: stopTimes(props).grace.toSeconds(),
      ...(EventPlatform.of(scope).environment.production && {
        topologySpreadConstraints: [
          {
            topologyKey: 'topology.kubernetes.io/zone',
            maxSkew: 1,
            whenUnsatisfiable: 'ScheduleAnyway',
            labelSelector: { matchLabels: selectorLabels(name) },
          },
        ],
      }),
      containers: [
        {
          name,
          image: options.image,
          command: [...(props.command ?? ['node', '/app/main.js'])],
          env: env(scope, props, options),
          ports: containerPorts({ http: manifest.port, [METRICS_PORT_NAME]: METRICS_PORT }),
          startupProbe: { ...probe(RUNTIME_PATHS.live), periodSeconds: 1, failureThreshold: 60 },
          livenessProbe: { ...probe(RUNTIME_PATHS.live), periodSeconds: 10 },
          readinessProbe: { ...probe(RUNTIME_PATHS.ready), periodSeconds: 5 },
          resources: resources(props.size ?? DEFAULT_SIZE),
          volumeMounts: [
            { name: tmp.name, mountPath: '/tmp' },
            ...(authority ? [authority.mount] : []),
            ...(files ? [{ name: 'files', mountPath: files.folder, readOnly: true }] : []),
          ],
        },
        ...(companions?.containers ?? []),
      ],
      volumes: Lazy.any({
        produce: () => {
          const certificates = new Set([
            ...(authority ? [authority] : []),
            ...sidecarFiles.values(),
          ]);
          return [
            tmp,
            ...(files ? [files.content.volume('files')] : []),
            ...[...certificates].map(({ volume }) => volume),
            ...(companions?.volumes ?? []),
          ];
        },
      }) as k8s.Volume[],
    }),
  };
}

function probe(path: string): k8s.Probe {
  return { httpGet: { path, port: k8s.IntOrString.fromString('http') } };
}

function annotations(
  scope: Construct,
  { manifest, files, healthPath, pubSub, ...props }: AppWorkloadProps,
  { configuration, token, sidecarSecrets, sidecarFiles }: AppPodOptions,
): Record<string, string> {
  const views = SidecarViews.of(scope);
  return Lazy.any({
    produce: () => ({
      [SIDECAR_VIEW]: views.hashOf(manifest.appId, configuration()),
      ...(files && { [FILES]: files.content.hash() }),
      ...sidecarAnnotations(manifest, {
        configuration: configuration(),
        healthPath,
        shutdown: stopTimes(props).drain,
        maxMessageSize: pubSub.broker.maxMessageSize,
        tokenSecret: token.name,
        secrets: sidecarSecrets,
        volumes: new Map([...sidecarFiles].map(([path, { volume }]) => [path, volume.name])),
      }),
    }),
  }) as Record<string, string>;
}

function env(
  scope: Construct,
  { manifest, database, pubSub, notifications, ...props }: AppWorkloadProps,
  { traceConfiguration: configuration, token }: AppPodOptions,
): k8s.EnvVar[] {
  return [
    { name: RUNTIME_ENV.interface, value: String(INTERFACE) },
    { name: RUNTIME_ENV.pubSubName, value: pubSub.name },
    { name: RUNTIME_ENV.logLevel, value: props.logLevel ?? 'info' },
    { name: RUNTIME_ENV.drainSeconds, value: String(stopTimes(props).drain.toSeconds()) },
    ...tokenEnv(token),
    ...eventLimitsEnv(manifest, pubSub),
    ...(database?.connectionEnv(database.addApp(manifest)) ?? []),
    ...(notifications?.env ?? []),
    ...tracingEnv(scope, { appId: manifest.appId, configuration, pubSub }),
    ...(props.env ?? []),
  ];
}
