import type { EventContract, EventData } from '@cdk8s-event-platform/contracts';
import type { CloudEvent } from './cloud-event.ts';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import { schemaCheck, type SchemaCheck } from './schema-check.ts';

/** What an event has beside its data. */
export interface EventOptions {
  /** The same id is the same event, however often it is published. */
  readonly id: string;
  /** When it happened; the same for every try of the same event. @default - now */
  readonly time?: string | undefined;
  /** W3C trace context of what led to it. @default - whoever publishes it begins a trace */
  readonly traceparent?: string | undefined;
}

/** Makes the events of one source, each as its contract says. */
export class EventSource {
  readonly #checks: ReadonlyMap<string, SchemaCheck>;

  /**
   * @param source CloudEvents `source` of the events, e.g. `/producer-service`.
   * @param contracts the events that it makes.
   */
  public constructor(
    private readonly source: string,
    contracts: readonly EventContract[],
  ) {
    this.#checks = new Map(contracts.map((contract) => [contract.type, schemaCheck(contract)]));
  }

  /** @throws InvalidEventError when `data` is not as the contract says. */
  public create<Contract extends EventContract>(
    contract: Contract,
    data: EventData<Contract>,
    { id, time, traceparent }: EventOptions,
  ): CloudEvent<EventData<Contract>> {
    const check = this.#checks.get(contract.type);
    if (check === undefined) {
      throw new Error(`${contract.type} is not among the contracts of ${this.source}: add it`);
    }
    const reasons = check(data);
    if (reasons.length > 0) {
      throw new InvalidEventError(reasons.join('; '), reasons);
    }
    return {
      specversion: '1.0',
      id,
      source: this.source,
      type: contract.type,
      time: time ?? new Date().toISOString(),
      datacontenttype: 'application/json',
      // Dapr keeps a trace context that has its older name, too.
      ...(traceparent !== undefined && { traceparent, traceid: traceparent }),
      data,
    };
  }
}
