/** Columns of a line. */
const WIDTH = 100;

/**
 * Code with a list in it, as Prettier lays it out: in one line if it fits, otherwise with a line for each item.
 *
 * @param column where the code starts.
 */
export function layout(head: string, items: readonly string[], tail: string, column = 0): string {
  const space = head.endsWith('{') ? ' ' : '';
  const line = `${head}${space}${items.join(', ')}${space}${tail}`;
  if (column + line.length <= WIDTH && !line.includes('\n')) {
    return line;
  }
  return [head, ...items.map((item) => `  ${item.replaceAll('\n', '\n  ')},`), tail].join('\n');
}

/** A string of TypeScript in single quotes. */
export function quoted(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** A property of an object, e.g. `data.order_id`. */
export function member(object: string, name: string): string {
  return IDENTIFIER.test(name) ? `${object}.${name}` : `${object}[${quoted(name)}]`;
}

/**
 * A JSON value as TypeScript.
 *
 * @param head what stands in front of it.
 * @param tail what follows it.
 * @param column where the head starts.
 */
export function literal(value: unknown, head = '', tail = '', column = 0): string {
  if (Array.isArray(value)) {
    const items = value.map((item) => literal(item, '', '', column + 2));
    return layout(`${head}[`, items, `]${tail}`, column);
  }
  if (typeof value === 'object' && value !== null) {
    const items = Object.entries(value).map(([name, item]) =>
      literal(item, `${IDENTIFIER.test(name) ? name : quoted(name)}: `, '', column + 2),
    );
    return items.length === 0 ? `${head}{}${tail}` : layout(`${head}{`, items, `}${tail}`, column);
  }
  const text = typeof value === 'string' ? quoted(value) : JSON.stringify(value);
  const line = `${head}${text}${tail}`;
  // Not below a short name, where it would start no further to the left; the comma counts.
  return column + line.length >= WIDTH && head.length > 'name: '.length
    ? `${head.trimEnd()}\n  ${text}${tail}`
    : line;
}
