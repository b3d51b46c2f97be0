import { table } from '../../cli/table.ts';
import type { RecordedSpan } from './span.ts';

/** Spans in the order of a tree, each with how deep it is; what has no parent here is at the top. */
export function treeOrder(
  spans: readonly RecordedSpan[],
): { readonly span: RecordedSpan; readonly depth: number }[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const sorted = [...spans].sort((a, b) => a.from - b.from);
  const below = (parent: RecordedSpan, depth: number): ReturnType<typeof treeOrder> => [
    { span: parent, depth },
    ...sorted
      .filter(({ parentId }) => parentId === parent.spanId)
      .flatMap((child) => below(child, depth + 1)),
  ];
  return sorted
    .filter(({ parentId }) => parentId === undefined || !ids.has(parentId))
    .flatMap((root) => below(root, 0));
}

/** A trace as a text: names as a tree, with services, kinds and times in milliseconds. */
export function traceText(spans: readonly RecordedSpan[]): string {
  const begin = Math.min(...spans.map(({ from }) => from));
  const rows = treeOrder(spans).map(({ span, depth }) => [
    `${'  '.repeat(depth)}${span.name}`,
    span.service,
    span.kind,
    (span.from - begin).toFixed(1),
    (span.to - span.from).toFixed(1),
  ]);
  return table(['span', 'service', 'kind', 'from ms', 'took ms'], rows);
}
