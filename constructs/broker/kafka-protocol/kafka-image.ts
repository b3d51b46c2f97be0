/** User id of the `appuser` in Kafka's image. */
export const KAFKA_USER = 1000;
