/** Name of the project that is created. */
export const PROJECT = 'shop';
/** Database of its apps. */
export const DATABASE = 'event_platform';
/** Topic of its orders. */
export const TOPIC = 'order-placed';
