export * from './dashboard-variables.ts';
export * from './dashboard.ts';
export * from './grafana-dashboards.ts';
export * from './panels.ts';
