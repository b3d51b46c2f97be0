/**
 * JSON Schema of an event in the envelope of CloudEvents 1.0, as apps of a platform publish it.
 *
 * @param data schema of `data`, or a reference to it.
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
 */
export function cloudEventSchema(type: string, data: object): Readonly<Record<string, unknown>> {
  const attribute = { type: 'string', minLength: 1 };
  return {
    type: 'object',
    required: ['specversion', 'id', 'source', 'type', 'time', 'data'],
    properties: {
      specversion: { const: '1.0' },
      id: { ...attribute, description: 'Unique within source: the same id is the same event.' },
      source: { ...attribute, format: 'uri-reference', description: 'The app that publishes.' },
      type: { const: type },
      time: { type: 'string', format: 'date-time', description: 'When it happened.' },
      datacontenttype: { const: 'application/json' },
      traceparent: { type: 'string', description: 'W3C trace context of its publisher.' },
      correlationid: {
        ...attribute,
        description: 'Id of the first event or request of the chain.',
      },
      causationid: { ...attribute, description: 'Id of the event or request it follows from.' },
      data,
    },
  };
}
