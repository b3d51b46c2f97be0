/** The middle value; of an even count, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  if (values.length === 0) {
    throw new Error('no values: nothing was measured');
  }
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Minimum and maximum. */
export function spread(values: readonly number[]): readonly [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

/** Groups of three digits: `12,345`. */
export function digits(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** A median with its spread: `12,345 (11,900–12,800)`. */
export function withSpread(values: readonly number[]): string {
  const [min, max] = spread(values);
  return `${digits(median(values))} (${digits(min)}–${digits(max)})`;
}

/** A ratio as a factor: `26.3 ×`; below 10 with two digits behind the point. */
export function factor(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 1)} ×`;
}

/** A ratio in per cent: `83 %`. */
export function percent(value: number): string {
  return `${(value * 100).toFixed(0)} %`;
}
