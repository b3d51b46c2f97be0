import type { EventPlatform } from '../platform/event-platform.ts';
import {
  EDGE_COLOURS,
  type EdgeKind,
  NODE_COLOURS,
  type PlatformGroup,
  type PlatformModel,
  type PlatformNode,
  TEXT_COLOUR,
} from './platform-model.ts';
import { readPlatform } from './read-platform.ts';

/** Text within quotes; what Mermaid could read as something else is written by its code. */
function quoted(text: string): string {
  const escaped = text.replaceAll(/[^\p{L}\p{N} .,:/%_-]|%(?=%)/gu, (character) =>
    character === '\n' ? ' ' : `#${character.codePointAt(0)!};`,
  );
  return `"${escaped}"`;
}

function box({ id, kind, name, details }: PlatformNode): string {
  const label = [name, ...details].map((line) => quoted(line).slice(1, -1)).join('<br/>');
  return kind === 'store'
    ? `${id}[("${label}")]`
    : kind === 'topic' || kind === 'dead-letter-topic'
      ? `${id}[["${label}"]]`
      : `${id}["${label}"]`;
}

/** Names stay on one line: Mermaid would break them after 200 pixels, at any hyphen. */
const SETTINGS = ['---', 'config:', '  flowchart:', '    wrappingWidth: 400', '---'];

/**
 * Groups with the dead-letter topics beside who collects them, behind the consumers: in their broker's
 * group, to the left, they would have Mermaid draw arrows through boxes.
 */
function withDeadLettersBehind(groups: readonly PlatformGroup[]): PlatformGroup[] {
  const isTopic = ({ kind }: PlatformNode) => kind === 'dead-letter-topic';
  const isCollector = ({ kind }: PlatformNode) => kind === 'dead-letter-processor';
  const nodes = groups.flatMap((group) => group.nodes);
  const deadLetters: PlatformGroup = {
    id: 'dead_letters',
    title: 'Dead letters',
    nodes: [...nodes.filter(isTopic), ...nodes.filter(isCollector)],
  };
  const others = groups.map((group) => ({
    ...group,
    nodes: group.nodes.filter((node) => !isTopic(node) && !isCollector(node)),
  }));
  return [...others, deadLetters].filter((group) => group.nodes.length > 0);
}

/** What stands at an arrow without events. */
const WORDS: Readonly<Partial<Record<EdgeKind, string>>> = {
  'dead-letters': 'cannot process',
};

/**
 * Draws a platform in Mermaid's language, which GitHub and many editors show as a picture. The same
 * model gives the same text.
 *
 * @see https://mermaid.js.org/syntax/flowchart.html
 */
export function mermaid({ groups, edges }: PlatformModel): string {
  const lines = [...SETTINGS, 'flowchart LR'];
  for (const { id, title, nodes } of withDeadLettersBehind(groups)) {
    lines.push(`  subgraph ${id}[${quoted(title)}]`, ...nodes.map((node) => `    ${box(node)}`));
    lines.push('  end');
  }
  for (const { from, to, kind, eventTypes } of edges) {
    const words = eventTypes.length > 0 ? eventTypes.join(', ') : WORDS[kind];
    const arrow = kind === 'dead-letters' ? '-.->' : '-->';
    lines.push(`  ${from} ${arrow}${words === undefined ? '' : `|${quoted(words)}|`} ${to}`);
  }
  const nodes = groups.flatMap((group) => group.nodes);
  for (const [kind, { fill, stroke }] of Object.entries(NODE_COLOURS)) {
    const ids = nodes.filter((node) => node.kind === kind).map(({ id }) => id);
    if (ids.length > 0) {
      lines.push(
        `  classDef ${kind} fill:${fill},stroke:${stroke},color:${TEXT_COLOUR}`,
        `  class ${ids.join(',')} ${kind}`,
      );
    }
  }
  for (const [kind, colour] of Object.entries(EDGE_COLOURS)) {
    const places = edges.flatMap((edge, place) => (edge.kind === kind ? [place] : []));
    if (places.length > 0) {
      lines.push(`  linkStyle ${places.join(',')} stroke:${colour},stroke-width:2px`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** A platform in Mermaid's language: {@link mermaid} of {@link readPlatform}. */
export function platformDiagram(platform: EventPlatform): string {
  return mermaid(readPlatform(platform));
}
