export * from './network-policies.ts';
export * from './secret-reference.ts';
