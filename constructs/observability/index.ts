export * from './consumer-alerts.ts';
export * from './metrics-scrape.ts';
