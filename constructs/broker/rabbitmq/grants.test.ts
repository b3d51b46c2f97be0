import { describe, expect, it } from 'vitest';
import { Grants } from './grants.ts';

describe('Grants', () => {
  const grants = new Grants();
  grants.addReader({ topic: 'orders', appId: 'packer', ordered: false });
  grants.addReader({ topic: 'orders', appId: 'packer', ordered: true });
  grants.addPublisher('orders.packer.dlq', 'packer');
  grants.addPublisher('orders', 'shop');

  it('let a consumer read its own queue and publish its own dead letters', () => {
    expect(grants.rightsOf('packer')).toEqual({
      configure: '^(orders|orders\\.packer\\.dlq|packer-orders)$',
      write: '^(orders\\.packer\\.dlq|packer-orders)$',
      read: '^(orders|packer-orders)$',
    });
    expect(grants.readers).toHaveLength(1);
  });

  it('let a producer publish and prove, and read nothing', () => {
    expect(grants.rightsOf('shop')).toEqual({
      configure: '^(orders|publish-proof)$',
      write: '^(orders|publish-proof)$',
      read: '',
    });
  });

  it('let nobody else do anything', () => {
    expect(grants.rightsOf('other')).toEqual({ configure: '', write: '', read: '' });
    expect(grants.clients).toEqual(['packer', 'shop']);
  });
});
