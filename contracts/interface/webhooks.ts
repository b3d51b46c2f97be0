/** Environment variables of an app that tells other systems by signed webhooks. */
export const WEBHOOKS_ENV = {
  /** JSON array of who is told: name, URL and format. @default - nobody */
  targets: 'WEBHOOK_TARGETS',
  /** Key that messages are signed with, Base64 of at least 24 bytes. */
  secret: 'WEBHOOK_SECRET',
} as const;
