import { HttpProblem } from '@cdk8s-event-platform/runtime';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The order that a path names. @throws HttpProblem when it is none. */
export function orderIdIn({ order_id: id = '' }: Readonly<Record<string, string>>): string {
  if (!UUID.test(id)) {
    throw noOrder(id);
  }
  return id.toLowerCase();
}

/** The answer where an order is not there. */
export function noOrder(id: string): HttpProblem {
  return new HttpProblem(404, `there is no order ${id.slice(0, 64)}`);
}
