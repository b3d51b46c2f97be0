import {
  EDGE_COLOURS,
  type EdgeKind,
  NODE_COLOURS,
  type NodeKind,
  type PlatformEdge,
  type PlatformModel,
  type PlatformNode,
  TEXT_COLOUR,
} from '../constructs/internal.ts';

/** Sizes of text in points: names of nodes and groups, and what else is said. */
export const FONT_SIZES = { name: 12, detail: 10 } as const;

/** Points in an inch, which Graphviz measures nodes in. */
const POINTS = 72;

/**
 * Widths of a character as shares of the font's size, of the widest font that the picture may be
 * shown with: a narrower one leaves some room.
 */
const BOLD_WIDTH = 0.7;
const PLAIN_WIDTH = 0.62;

/** What arrows of a kind say, for the legend. */
const WORDS: Readonly<Record<EdgeKind, string>> = {
  publishes: 'publishes',
  receives: 'receives',
  'dead-letters': 'cannot process (dashed)',
  collects: 'collects',
  'keeps-state-in': 'keeps state',
};

/** A string of the language; Graphviz would take `&` for an entity. */
function quoted(...lines: string[]): string {
  const escaped = lines.map((line) =>
    line
      .replaceAll(/\s+/g, ' ')
      .replaceAll('\\', '\\\\')
      .replaceAll('"', '\\"')
      .replaceAll('&', '&amp;'),
  );
  return `"${escaped.join('\\n')}"`;
}

/** The class of a node in the picture; Graphviz would write other characters as entities. */
export function classOf(kind: NodeKind): string {
  return kind.replaceAll('-', '_');
}

/** Whether the name stands out; names of dead-letter topics are long, and there are many. */
export function isBold(kind: NodeKind): boolean {
  return kind !== 'dead-letter-topic';
}

function nodeStatement(node: PlatformNode): string {
  const { id, kind, name, details } = node;
  const { fill, stroke } = NODE_COLOURS[kind];
  const width = Math.max(
    name.length * (isBold(kind) ? FONT_SIZES.name * BOLD_WIDTH : FONT_SIZES.detail * PLAIN_WIDTH),
    ...details.map((detail) => detail.length * FONT_SIZES.detail * PLAIN_WIDTH),
  );
  const inches = ((width + 16) / POINTS).toFixed(2);
  const shape = kind === 'store' ? 'shape=cylinder style=filled ' : '';
  return `${id} [class=${classOf(kind)} ${shape}label=${quoted(name, ...details)} width=${inches} fillcolor="${fill}" color="${stroke}"]`;
}

/** A long type of event on two lines, the second from the dot that is nearest to the middle. */
function folded(type: string): string[] {
  const dots = [...type.matchAll(/\./g)].map(({ index }) => index);
  const [middle] = dots.sort(
    (a, b) => Math.abs(a - type.length / 2) - Math.abs(b - type.length / 2),
  );
  return middle === undefined || type.length < 16
    ? [type]
    : [type.slice(0, middle), type.slice(middle)];
}

/**
 * An arrow. What goes from apps to the broker counts for the layout as if it went the other way: the
 * broker then stands to the left of all apps but producers.
 */
function edgeStatement({ from, to, kind, eventTypes }: PlatformEdge, backwards: boolean): string {
  const label = eventTypes.length > 0 ? ` label=${quoted(...eventTypes.flatMap(folded))}` : '';
  const style = kind === 'dead-letters' ? ' style=dashed' : '';
  const ends = backwards ? `${to} -> ${from} [dir=back` : `${from} -> ${to} [dir=forward`;
  // Publishers stand beside their topics, wherever their stores are.
  const weight = kind === 'publishes' ? ' weight=4' : '';
  return `${ends}${style}${weight} color="${EDGE_COLOURS[kind]}"${label}]`;
}

/** The legend: a word for each kind of arrow that there is. */
export function legend({ edges }: PlatformModel): { kind: EdgeKind; text: string }[] {
  return (Object.keys(WORDS) as EdgeKind[])
    .filter((kind) => edges.some((edge) => edge.kind === kind))
    .map((kind) => ({ kind, text: `→ ${WORDS[kind]}` }));
}

/**
 * Describes a platform in Graphviz's language.
 *
 * @see https://graphviz.org/doc/info/lang.html
 */
export function dot(model: PlatformModel): string {
  const { groups, edges } = model;
  const kinds = new Map(
    groups.flatMap(({ nodes }) => nodes.map(({ id, kind }) => [id, kind] as const)),
  );
  const words = legend(model).map(({ text }) => text);
  return [
    'digraph {',
    `graph [rankdir=LR bgcolor="#ffffff" pad=0.2 nodesep=0.2 ranksep=0.8 fontname="Helvetica" fontsize=${FONT_SIZES.name} fontcolor="${TEXT_COLOUR}"]`,
    `node [shape=box style="rounded,filled" fontname="Helvetica" fontsize=${FONT_SIZES.name} fontcolor="${TEXT_COLOUR}" margin="0.1,0.07" height=0.4]`,
    // Larger than it is shown: what is measured here is a narrow font.
    `edge [fontname="Helvetica" fontsize=${FONT_SIZES.name} arrowsize=0.7]`,
    ...groups.flatMap(({ id, title, nodes }) => [
      `subgraph cluster_${id} {`,
      `graph [label=${quoted(title)} labelloc=t margin=12 style="rounded,filled" color="#cbd5e1" fillcolor="#f8fafc"]`,
      ...nodes.map(nodeStatement),
      '}',
    ]),
    ...edges.map((edge) => {
      const publisher = kinds.get(edge.from);
      const backwards =
        edge.kind === 'dead-letters' || (edge.kind === 'publishes' && publisher !== 'producer');
      return edgeStatement(edge, backwards);
    }),
    ...(words.length > 0 ? [`graph [labelloc=b label=${quoted(words.join(' · '))}]`] : []),
    '}',
    '',
  ].join('\n');
}
