export * from './dashboard-variables.ts';
export * from './dashboard.ts';
export * from './dashboard-model.ts';
export * from './grafana-dashboards.ts';
export * from './panels.ts';
