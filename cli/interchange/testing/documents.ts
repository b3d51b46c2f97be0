/** AsyncAPI 2.6 as teams write it: traits, one of several messages, an envelope in parts, another file. */
export const SHOP_2 = `asyncapi: 2.6.0
info: { title: Shop, version: 4.2.0 }
defaultContentType: application/json
channels:
  shop.orders:
    bindings: { kafka: { partitions: 12 } }
    publish:
      message:
        oneOf:
          - $ref: '#/components/messages/OrderPlaced'
          - $ref: '#/components/messages/OrderCancelled'
    subscribe:
      message: { $ref: '#/components/messages/OrderPlaced' }
  shop.returns:
    subscribe:
      message:
        messageId: returned
        payload: { $ref: './schemas/return.json#/$defs/Return' }
components:
  messageTraits:
    common: &common
      contentType: application/cloudevents+json
      description: Of the shop.
      headers: { type: object, properties: { tenant: { type: string } } }
      correlationId: { location: '$message.header#/correlation' }
  messages:
    OrderPlaced:
      summary: An order.
      traits: [{ $ref: '#/components/messageTraits/common' }]
      payload:
        allOf:
          - $ref: '#/components/schemas/Envelope'
          - type: object
            properties:
              type: { const: com.shop.order.placed }
              data: { $ref: '#/components/schemas/Order' }
    OrderCancelled:
      <<: { summary: 'An order was cancelled. */' }
      payload:
        allOf:
          - $ref: '#/components/schemas/Envelope'
          - properties:
              type: { type: string, enum: [com.shop.order.cancelled] }
              data:
                type: object
                required: [order_id]
                properties:
                  order_id: { $ref: '#/components/schemas/OrderId' }
                  reason: { type: string, nullable: true, example: broken }
  schemas:
    OrderId: { type: string, format: uuid }
    Envelope:
      type: object
      required: [specversion, id, source, type, data]
      properties:
        specversion: { const: '1.0' }
        id: { type: string }
        source: { type: string }
        type: { type: string }
        tenant: { type: string }
        data: {}
    Base:
      type: object
      required: [order_id, customer]
      properties:
        order_id: { $ref: '#/components/schemas/OrderId' }
        customer: { type: string }
    Order:
      allOf:
        - $ref: '#/components/schemas/Base'
        - type: object
          required: [lines]
          properties:
            lines: { type: array, items: { $ref: '#/components/schemas/Line' } }
            total: { type: number, exclusiveMinimum: true, minimum: 0 }
    Line:
      properties:
        sku: { type: [string, integer], maxLength: 20 }
        count: { type: integer, format: int32 }
        weight: { type: integer }
        parts: { type: array, items: { $ref: '#/components/schemas/Line' } }
        note: { type: string, format: weird, minimum: 3, x-internal: true, xml: { name: a } }
`;

/** A file of schemas of draft 2020-12 that the document refers to. */
export const RETURN = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $defs: {
    Return: {
      type: 'object',
      required: ['id', 'items'],
      properties: {
        id: { type: 'string' },
        items: {
          type: 'array',
          prefixItems: [{ $ref: '#/$defs/Item' }],
          items: false,
          minItems: 1,
        },
        status: { $ref: '#status' },
      },
      dependentRequired: { id: ['items'] },
      unevaluatedProperties: false,
    },
    Item: { type: 'object', properties: { sku: { const: 'a' } } },
    Status: { $anchor: 'status', enum: ['open', 'closed'] },
  },
};

/** What the document does not say. */
export const SHOP_2_GIVEN = [
  ...['--version', '1.0.0', '--key', 'order_id', '--key', 'returned=id'],
  ...['--type', 'returned=com.shop.order.returned'],
];

/** AsyncAPI 3.0 of another team: formats of schemas, an address beside the topic, a key, a message on no channel. */
export const BILLING_3 = `asyncapi: 3.0.0
info: { title: Billing, version: 1.0.0 }
channels:
  invoices:
    address: billing.invoices
    bindings: { kafka: { topic: billing.invoices.v1, partitions: 12 } }
    messages:
      invoicePaid: { $ref: '#/components/messages/invoicePaid' }
operations:
  publishInvoicePaid:
    action: send
    channel: { $ref: '#/channels/invoices' }
components:
  messageTraits:
    named: { summary: 'From a trait.', contentType: application/cloudevents+json; charset=utf-8 }
  messages:
    invoicePaid:
      title: Invoice paid
      summary: A customer has paid an invoice.
      traits: [{ $ref: '#/components/messageTraits/named' }]
      bindings:
        kafka:
          key: { $ref: '#/components/schemas/Invoice/properties/invoice_id' }
      x-event-contract: { version: 2.0.0 }
      payload:
        schemaFormat: application/schema+yaml;version=draft-07
        schema:
          type: object
          required: [specversion, id, source, type, time, data]
          properties:
            specversion: { const: '1.0' }
            type: { const: com.billing.invoice.paid }
            time: { type: string, format: date-time }
            data: { $ref: '#/components/schemas/Invoice' }
    unused:
      payload: { type: object }
  schemas:
    Invoice:
      type: object
      required: [invoice_id, amount]
      properties:
        invoice_id: { type: string, maxLength: 40 }
        amount: { type: number, minimum: 0 }
`;
