import { defineApp } from '@cdk8s-event-platform/contracts';
import { TaskCreated, UserRegistered } from '../events/index.ts';

/** Gives new users some tasks that show them around. */
export const manifest = defineApp({
  appId: 'todo-onboarding',
  description: 'Gives new users some tasks that show them around.',
  port: 8080,
  source: '/todo/onboarding',
  subscribes: [UserRegistered],
  publishes: [TaskCreated],
});
