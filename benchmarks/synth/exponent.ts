/**
 * The exponent that times grow with, by least squares of their logarithms: 1 where twice the size takes
 * twice the time, 2 where it takes four times as long.
 */
export function exponent(points: readonly (readonly [size: number, time: number])[]): number {
  const logs = points.map(([size, time]) => [Math.log(size), Math.log(time)] as const);
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = mean(logs.map(([size]) => size));
  const y = mean(logs.map(([, time]) => time));
  return (
    mean(logs.map(([size, time]) => (size - x) * (time - y))) /
    mean(logs.map(([size]) => (size - x) ** 2))
  );
}
