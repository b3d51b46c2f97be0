export {
  Broker,
  type BrokerRecord,
  type Headers,
  type NewRecord,
  UnknownTopicError,
} from './broker/broker.ts';
export { Faults, type FaultSettings } from './faults/faults.ts';
export { appsWithSidecar } from './sidecar/app-resources.ts';
export type { RenderedManifest } from './sidecar/rendered.ts';
export { Sidecar, type SidecarOptions } from './sidecar/sidecar.ts';
export { type ChartWatcherOptions, watchChart } from './run/chart-watcher.ts';
export { programOf } from './run/app-process.ts';
export { type LocalPlatform, runPlatform, type RunPlatformOptions } from './run/run-platform.ts';
export { topicsOf } from './topics.ts';
