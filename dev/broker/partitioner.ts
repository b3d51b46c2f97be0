/** FNV-1a, 32 bits with a sign. */
function hash(bytes: Uint8Array): number {
  let sum = 0x811c9dc5 | 0;
  for (const byte of bytes) {
    sum = Math.imul(sum ^ byte, 0x01000193);
  }
  return sum;
}

/**
 * The partition of a key: the one that Dapr's Kafka component chooses. Records without a key are spread.
 *
 * @see https://github.com/IBM/sarama/blob/v1.48.1/partitioner.go
 */
export function partitionOf(key: Uint8Array | undefined, partitions: number): number {
  return key === undefined
    ? Math.floor(Math.random() * partitions)
    : Math.abs(hash(key) % partitions);
}
