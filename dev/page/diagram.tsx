import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { PlatformNode } from 'cdk8s-event-platform';
import type { PlatformView, StatusView } from '../api/types.ts';
import { linkTo } from './hooks.ts';
import { nodeNumbers } from './node-numbers.ts';

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
  useLayoutEffect(() => {
    const element = canvas.current!;
    const draw = () => setArrows(arrowsOf(element, view));
    const observer = new ResizeObserver(draw);
    observer.observe(element);
    draw();
    return () => observer.disconnect();
  }, [view]);
  const nodes = view.model.groups.flatMap((group) => group.nodes);
  const names = new Map(nodes.map(({ id, name }) => [id, name]));
  return (
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
            {group.nodes.map((node) => (
              <NodeBox
                key={node.id}
                node={node}
                status={status}
                leadsTo={view.model.edges
                  .filter(({ from }) => from === node.id)
                  .map(({ to }) => names.get(to)!)}
              />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
