export * from './compare-schemas.ts';
export * from './contract-changes.ts';
export * from './lock-file.ts';
export * from './locked-contract.ts';
export * from './option.ts';
export type { Incompatibility } from './report.ts';
export * from './version.ts';
