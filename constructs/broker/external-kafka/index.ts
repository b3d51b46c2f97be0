export * from './external-authentication.ts';
export * from './external-kafka.ts';
export * from './external-login.ts';
export * from './external-options.ts';
