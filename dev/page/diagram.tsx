import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { PlatformNode } from 'cdk8s-event-platform';
import type { PlatformView, StatusView } from '../api/types.ts';
import { linkTo } from './hooks.ts';
import { nodeNumbers } from './node-numbers.ts';

/** Dead-letter topics up to which all are shown: more of them hide the rest of the platform. */
const MAX_EMPTY_SHOWN = 12;

/** A curve from one box to another. */
interface Arrow {
  readonly path: string;
  readonly kind: string;
}

function Name({ node: { kind, name } }: { readonly node: PlatformNode }) {
  switch (kind) {
    case 'store':
      return <b>{name}</b>;
    case 'topic':
    case 'dead-letter-topic':
      return <a href={linkTo('topics', name)}>{name}</a>;
    default:
      return <a href={linkTo('apps', name)}>{name}</a>;
  }
}

function NodeBox({
  node,
  status,
  leadsTo,
}: {
  readonly node: PlatformNode;
  readonly status: StatusView | undefined;
  readonly leadsTo: readonly string[];
}) {
  const { lines, wrong } = nodeNumbers(node, status);
  return (
    <li class={`node ${node.kind}${wrong ? ' wrong' : ''}`} id={`node-${node.id}`}>
      <Name node={node} />
      {[...node.details, ...lines].map((line) => (
        <small key={line}>{line}</small>
      ))}
      {leadsTo.length > 0 && <small class="leads">→ {leadsTo.join(', ')}</small>}
    </li>
  );
}

/** Curves between the boxes, as they stand on the screen. */
function arrowsOf(canvas: HTMLElement, { model }: PlatformView): Arrow[] {
  const origin = canvas.getBoundingClientRect();
  return model.edges.flatMap(({ from, to, kind }) => {
    const start = canvas.querySelector(`#node-${from}`)?.getBoundingClientRect();
    const end = canvas.querySelector(`#node-${to}`)?.getBoundingClientRect();
    if (start === undefined || end === undefined) {
      return [];
    }
    const forwards = end.left >= start.right;
    const x1 = (forwards ? start.right : start.left) - origin.left;
    const x2 = (forwards ? end.left : end.right) - origin.left;
    const y1 = start.top + start.height / 2 - origin.top;
    const y2 = end.top + end.height / 2 - origin.top;
    const middle = (x1 + x2) / 2;
    return [{ kind, path: `M${x1},${y1} C${middle},${y1} ${middle},${y2} ${x2},${y2}` }];
  });
}

function isDeadLetters({ kind }: PlatformNode): boolean {
  return kind === 'dead-letter-topic';
}

/** Ids of the dead-letter topics that are known to have no events. */
function emptyDeadLetters(
  nodes: readonly PlatformNode[],
  status: StatusView | undefined,
): ReadonlySet<string> {
  const events = new Map(status?.topics.map((topic) => [topic.topic, topic.events]));
  return new Set(
    nodes.filter((node) => isDeadLetters(node) && events.get(node.name) === 0).map(({ id }) => id),
  );
}

/** The platform as boxes in columns, with arrows where the screen has room for them. */
export function Diagram({
  view,
  status,
}: {
  readonly view: PlatformView;
  readonly status: StatusView | undefined;
}) {
  const canvas = useRef<HTMLDivElement>(null);
  const [arrows, setArrows] = useState<readonly Arrow[]>([]);
  const nodes = view.model.groups.flatMap((group) => group.nodes);
  const names = new Map(nodes.map(({ id, name }) => [id, name]));
  const empty = emptyDeadLetters(nodes, status);
  const isLarge = nodes.filter(isDeadLetters).length > MAX_EMPTY_SHOWN;
  const [showsEmpty, setShowsEmpty] = useState(!isLarge);
  const hidden = showsEmpty ? new Set<string>() : empty;
  useLayoutEffect(() => {
    const element = canvas.current!;
    const draw = () => setArrows(arrowsOf(element, view));
    const observer = new ResizeObserver(draw);
    observer.observe(element);
    draw();
    return () => observer.disconnect();
  }, [view, [...hidden].join()]);
  return (
    <>
      {isLarge && (
        <label>
          <input
            type="checkbox"
            checked={showsEmpty}
            onChange={({ currentTarget }) => setShowsEmpty(currentTarget.checked)}
          />{' '}
          show the dead-letter topics without events ({empty.size})
        </label>
      )}
      <div class="diagram" ref={canvas}>
        <svg aria-hidden="true">
          {arrows.map(({ path, kind }) => (
            <path key={path} d={path} class={kind} />
          ))}
        </svg>
        {view.model.groups.map((group) => (
          <section key={group.id} aria-labelledby={`title-${group.id}`}>
            <h2 id={`title-${group.id}`}>{group.title}</h2>
            <ul>
              {group.nodes
                .filter(({ id }) => !hidden.has(id))
                .map((node) => (
                  <NodeBox
                    key={node.id}
                    node={node}
                    status={status}
                    leadsTo={view.model.edges
                      .filter(({ from, to }) => from === node.id && !hidden.has(to))
                      .map(({ to }) => names.get(to)!)}
                  />
                ))}
            </ul>
          </section>
        ))}
      </div>
    </>
  );
}
