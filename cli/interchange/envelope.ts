import { isObject } from '@cdk8s-event-platform/contracts/internal';
import type { Documents, Located } from './documents.ts';
import type { Findings } from './findings.ts';
import { partsOf, propertiesOf } from './import-schema.ts';

/** Attributes of CloudEvents that each event of a platform has or may have. */
const ATTRIBUTES: ReadonlySet<string> = new Set([
  ...['specversion', 'id', 'source', 'type', 'time', 'datacontenttype', 'data'],
  ...['traceparent', 'correlationid', 'causationid'],
]);

/** What a payload says of an event. */
export interface Envelope {
  /** Schema of `data`. */
  readonly data: Located;
  /** Types that the event may have; undefined when any. */
  readonly types?: readonly string[];
}

/** Texts that a schema allows, where it lists them. */
function listedTexts(documents: Documents, place: Located): readonly string[] | undefined {
  const { value } = documents.follow(place);
  const { const: only, enum: some } = isObject(value) ? value : {};
  const values: readonly unknown[] =
    only === undefined ? (Array.isArray(some) ? some : []) : [only];
  const texts = values.filter((each) => typeof each === 'string');
  return texts.length === 0 ? undefined : texts;
}

/** What of an event a payload describes: the envelope of CloudEvents, or `data` alone. */
export function readEnvelope(documents: Documents, payload: Located, findings: Findings): Envelope {
  const properties = propertiesOf(documents, payload);
  const type = properties.get('type');
  const at = documents.placeOf(payload);
  if (type === undefined || !properties.has('specversion')) {
    findings.note(
      at,
      "is taken for the data of the event: apps receive events in the envelope of CloudEvents, so its publisher has to send them so, with 'time'",
    );
    return { data: payload };
  }
  const types = listedTexts(documents, type);
  const required = partsOf(documents, payload).flatMap(({ value }) => {
    const list = isObject(value) ? value.required : undefined;
    return Array.isArray(list) ? (list as unknown[]) : [];
  });
  if (!required.includes('time')) {
    findings.note(at, "'time' is optional in the envelope: apps reject events without it");
  }
  const others = [...properties.keys()].filter((name) => !ATTRIBUTES.has(name));
  if (others.length > 0) {
    findings.note(
      at,
      `attributes ${others.join(', ')} left out: a contract describes the data alone`,
    );
  }
  const data = properties.get('data');
  if (data === undefined) {
    findings.problem(at, "is an envelope of CloudEvents without 'data': describe its data there");
  }
  return { data: data ?? payload, ...(types !== undefined && { types }) };
}
