export * from './consumer-alerts.ts';
export * from './metrics-scrape.ts';
export * from './producer-alerts.ts';
