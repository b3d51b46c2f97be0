import DOMPurify from 'dompurify';
import mermaid from 'mermaid';

/** A chart as Mermaid understands it. */
export interface ParsedFlowchart {
  /** Label of each node, by its id. */
  readonly labels: ReadonlyMap<string, string>;
  /** Title of each group, and the ids of its nodes. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** Labels of both ends of each arrow, and what stands at it. */
  readonly edges: readonly (readonly [from: string, to: string, words: string])[];
}

/** What Mermaid's internals look like, as far as they are looked into. */
interface FlowDatabase {
  getVertices(): Map<string, { readonly text: string }>;
  getEdges(): { readonly start: string; readonly end: string; readonly text: string }[];
  getSubGraphs(): { readonly title: string; readonly nodes: readonly string[] }[];
}

interface Internals {
  readonly mermaidAPI: {
    getDiagramFromText(text: string): Promise<{ readonly type: string; readonly db: FlowDatabase }>;
  };
}

/** Text with Mermaid's codes for characters undone, as a browser would show it. */
function shown(text: string): string {
  return text.replaceAll(/ﬂ°°(\d+)¶ß/g, (_, code: string) => String.fromCodePoint(Number(code)));
}

/**
 * Reads a flowchart by Mermaid's own parser.
 *
 * @throws Error that says where the text is not a flowchart.
 */
export async function parseFlowchart(text: string): Promise<ParsedFlowchart> {
  // Labels are cleaned for a browser's document, and there is none; the grammar needs no document.
  Object.assign(DOMPurify, { addHook: () => undefined, sanitize: (label: string) => label });
  // Only this loads the grammars.
  await mermaid.parse(text);
  const { type, db: chart } = await (mermaid as unknown as Internals).mermaidAPI.getDiagramFromText(
    text,
  );
  if (type !== 'flowchart-v2') {
    throw new Error(`is no flowchart but '${type}'`);
  }
  const labels = new Map(
    [...chart.getVertices()].map(([id, { text: label }]) => [id, shown(label)]),
  );
  return {
    labels,
    groups: new Map(chart.getSubGraphs().map(({ title, nodes }) => [shown(title), nodes])),
    edges: chart
      .getEdges()
      .map(({ start, end, text: words }) => [
        labels.get(start) ?? start,
        labels.get(end) ?? end,
        shown(words),
      ]),
  };
}
