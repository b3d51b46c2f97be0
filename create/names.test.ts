import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nameProblem, namesProblem, type ProjectNames, TEMPLATE_NAMES } from './names.ts';
import { projectFiles } from './project.ts';

const TEMPLATE = join(import.meta.dirname, 'template');
const OTHER: ProjectNames = {
  name: 'bakery',
  event: 'invoice-paid',
  key: 'account_id',
  broker: 'redis',
};

function problem(names: Partial<ProjectNames>): string | undefined {
  return namesProblem({ ...TEMPLATE_NAMES, ...names });
}

describe('nameProblem', () => {
  it.each(['shop', 'a', 'order-platform-2', 'a'.repeat(30)])('accepts %s', (name) => {
    expect(nameProblem(name)).toBeUndefined();
  });

  it.each(['', 'Shop', 'my shop', '2shop', 'shop-', '../shop', 'a'.repeat(31)])(
    'refuses %j with the value',
    (name) => {
      expect(nameProblem(name)).toContain(`name '${name}'`);
    },
  );
});

describe('namesProblem', () => {
  it.each(['kafka', 'nats', 'rabbitmq', 'redis'])('accepts %s', (broker) => {
    expect(problem({ broker })).toBeUndefined();
  });

  it.each<[Partial<ProjectNames>, string]>([
    [{ name: 'Shop' }, "name 'Shop' is not a DNS label"],
    [{ event: 'order' }, "event 'order' is not a subject and what has happened"],
    [{ event: 'order-line-added' }, "event 'order-line-added' is not"],
    [{ event: 'OrderPlaced' }, "event 'OrderPlaced' is not"],
    [{ event: `${'a'.repeat(30)}-b` }, 'at most 30 characters'],
    [{ key: 'customer' }, "key 'customer' is not the name of an id"],
    [{ key: 'customer-id' }, "key 'customer-id' is not"],
    [{ key: '__proto___id' }, 'is not the name of an id'],
    [{ key: 'order_id' }, "key 'order_id' is the id of one order"],
    [{ event: 'user-invited', key: 'user_id' }, "key 'user_id' is the id of one user"],
    [{ broker: 'mqtt' }, "no broker 'mqtt': use kafka, nats, rabbitmq, redis"],
    [{ broker: 'toString' }, "no broker 'toString'"],
  ])('refuses %j', (names, message) => {
    expect(problem(names)).toContain(message);
  });
});

describe('a project with other names', () => {
  const files = projectFiles(TEMPLATE, OTHER, '1.2.3');

  it('has no word of the template left', () => {
    const left = [...files].filter(([path, text]) =>
      /shop|order|placed|customer|kafka/i.test(`${path}${text}`),
    );
    expect(left.map(([path]) => path)).toEqual([]);
  });

  it('declares its event, key and broker', () => {
    const event = files.get('events/invoice-paid.ts')!;
    expect(event).toContain('export const InvoicePaid = defineEvent({');
    expect(event).toContain("type: 'com.example.invoice.paid'");
    expect(event).toContain("key: 'account_id'");
    expect(event).toContain("description: 'An invoice was paid.'");
    const chart = files.get('charts/platform.ts')!;
    expect(chart).toContain("new RedisStreams(platform, 'redis')");
    expect(chart).toContain('  PostgresDatabase,\n  RedisStreams,\n}');
    expect(files.get('apps/invoices/manifest.ts')).toContain("appId: 'invoices'");
  });

  it('takes new names that are words of the template', () => {
    const swapped = { name: 'order', event: 'customer-placed', key: 'shop_id', broker: 'nats' };
    const event = projectFiles(TEMPLATE, swapped, '1').get('events/customer-placed.ts')!;
    expect(event).toContain("required: ['customer_id', 'shop_id']");
    expect(event).toContain('// events of one shop');
  });

  it('is the template when nothing is chosen', () => {
    const template = projectFiles(TEMPLATE, TEMPLATE_NAMES, '1.2.3');
    expect(template.get('events/order-placed.ts')).toContain("description: 'An order was placed.'");
    expect(template.size).toBe(files.size);
  });
});
