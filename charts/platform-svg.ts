import { Graphviz } from '@hpcc-js/wasm-graphviz';
import {
  EDGE_COLOURS,
  NODE_COLOURS,
  type NodeKind,
  type PlatformModel,
} from '../constructs/internal.ts';
import { classOf, dot, FONT_SIZES, isBold, legend } from './platform-dot.ts';

const graphviz = await Graphviz.load();

/** What is on every machine, or something close to it: nothing is loaded. */
const FONTS = 'Helvetica,Arial,sans-serif';

/** Groups and nodes whose first line stands out. */
const BOLD_CLASSES: ReadonlySet<string> = new Set([
  'cluster',
  ...(Object.keys(NODE_COLOURS) as NodeKind[])
    .filter(isBold)
    .map((kind) => `node ${classOf(kind)}`),
]);

/** Sets the text of a node, arrow or group: the first line of most is its name, in bold. */
function withFonts(group: string, className: string): string {
  let line = 0;
  return group.replaceAll(/ font-family="[^"]*" font-size="[^"]*"/g, () => {
    const bold = line++ === 0 && BOLD_CLASSES.has(className);
    const size = bold ? FONT_SIZES.name : FONT_SIZES.detail;
    return ` font-family="${FONTS}" font-size="${size}"${bold ? ' font-weight="bold"' : ''}`;
  });
}

/** Draws a platform as an SVG that stands on its own: no script, no font, no reference. */
export function platformSvg(model: PlatformModel): string {
  let svg = graphviz
    .dot(dot(model))
    .replace(/^[^]*?(?=<svg)/, '')
    .replaceAll(/<!--[^]*?-->\n?/g, '')
    .replaceAll(/<title>[^]*?<\/title>\n?/g, '')
    .replace(/<svg width="(\d+)pt" height="(\d+)pt"/, '<svg width="$1" height="$2"')
    .replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', '')
    .replaceAll(/<g id="[^"]*" class="([^"]*)"[^]*?(?=<g |<\/g>)/g, withFonts);
  for (const { kind, text } of legend(model)) {
    svg = svg.replace(text, `<tspan fill="${EDGE_COLOURS[kind]}">${text}</tspan>`);
  }
  return svg;
}
