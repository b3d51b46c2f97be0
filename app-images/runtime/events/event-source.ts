import { withCode } from '@cdk8s-event-platform/contracts/internal';
import { contractName, dataSchemaOf } from '@cdk8s-event-platform/contracts/interface';
import type { EventContract, EventData } from '@cdk8s-event-platform/contracts';
import type { CloudEvent } from './cloud-event.ts';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import { schemaCheck, type SchemaCheck } from './schema-check.ts';

/** Attributes of an event. */
export interface EventOptions {
  /** The same id is the same event, however often it is published. */
  readonly id: string;
  /** When it happened; the same for every try. @default - now */
  readonly time?: string | undefined;
  /** W3C trace context of its cause. @default - publishing it starts a trace */
  readonly traceparent?: string | undefined;
}

/** Creates the events of one source, and checks each against its contract. */
export class EventSource {
  readonly #checks: ReadonlyMap<string, SchemaCheck>;

  /**
   * @param source CloudEvents `source` of the events, e.g. `/producer-service`.
   * @param contracts of the events.
   */
  public constructor(
    private readonly source: string,
    contracts: readonly EventContract[],
  ) {
    this.#checks = new Map(
      contracts.map((contract) => [contractName(contract), schemaCheck(contract)]),
    );
  }

  /** Creates an event. @throws InvalidEventError when `data` does not match the contract. */
  public create<Contract extends EventContract>(
    contract: Contract,
    data: EventData<Contract>,
    { id, time, traceparent }: EventOptions,
  ): CloudEvent<EventData<Contract>> {
    const check = this.#checks.get(contractName(contract));
    if (check === undefined) {
      throw new Error(
        withCode(
          'EP8002',
          `${contract.type} ${contract.version} is not among the contracts of ${this.source}: add it`,
        ),
      );
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
      dataschema: dataSchemaOf(contract),
      // Dapr keeps a trace context that has its older name, too.
      ...(traceparent !== undefined && { traceparent, traceid: traceparent }),
      data,
    };
  }
}
