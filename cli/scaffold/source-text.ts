import ts from 'typescript';

/** What is found in a file is not what a command can edit. Its caller adds what to write by hand. */
export class UnknownStructureError extends Error {}

/** Replaces the text between two positions. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A file of the project: its text, its syntax tree, and edits at positions of the tree. */
export class SourceText {
  public readonly tree: ts.SourceFile;
  readonly #edits: Edit[] = [];

  /**
   * @param path relative to the project, with `/`.
   * @param original its text.
   */
  public constructor(
    public readonly path: string,
    public readonly original: string,
  ) {
    this.tree = ts.createSourceFile(path, original, ts.ScriptTarget.Latest, true);
  }

  /** The text with all edits. Lines that are added end as those of the file do. */
  public get text(): string {
    // From the end, so that positions stay; what replaces a node before what is inserted in front of it.
    const ordered = [...this.#edits].sort((a, b) => b.start - a.start || b.end - a.end);
    return ordered.reduce(
      (text, edit) => text.slice(0, edit.start) + edit.text + text.slice(edit.end),
      this.original,
    );
  }

  /** Whether lines end with CR and LF. */
  public get hasCrlf(): boolean {
    return this.original.includes('\r\n');
  }

  /** The quote of the file's strings. */
  public get quote(): string {
    const [first] = this.tree.statements.filter(ts.isImportDeclaration);
    return first?.moduleSpecifier.getText().charAt(0) ?? "'";
  }

  /** Place of a node, e.g. `charts/platform.ts:12`. */
  public placeOf(node: ts.Node): string {
    const { line } = this.tree.getLineAndCharacterOfPosition(node.getStart());
    return `${this.path}:${line + 1}`;
  }

  public replace(start: number, end: number, text: string): void {
    const lines = this.hasCrlf ? text.replaceAll(/\r?\n/g, '\r\n') : text;
    this.#edits.push({ start, end, text: lines });
  }

  /** Indentation of the line that a node starts in. */
  public indentOf(node: ts.Node): string {
    const start = node.getStart();
    const before = this.original.slice(this.original.lastIndexOf('\n', start - 1) + 1, start);
    return /^\s*/.exec(before)![0];
  }

  /** Inserts lines below a statement, behind a comment that ends its line. */
  public insertAfter(node: ts.Node, code: string): void {
    const comments = ts.getTrailingCommentRanges(this.original, node.end) ?? [];
    const end = comments.at(-1)?.end ?? node.end;
    const indent = this.indentOf(node);
    this.replace(end, end, `\n${code}`.replaceAll('\n', `\n${indent}`));
  }

  /** Inserts lines above a statement, and above the comment that belongs to it. */
  public insertBefore(node: ts.Node, code: string): void {
    const start = node.getStart();
    this.replace(start, start, `${code}\n`);
  }

  /** Removes a statement with its lines, the comment above it and, of two empty lines around it, one. */
  public removeStatement(node: ts.Statement): void {
    const { original } = this;
    const isImport = ts.isImportDeclaration(node);
    const above = isImport ? [] : (ts.getLeadingCommentRanges(original, node.pos) ?? []);
    const start = above.reduceRight(
      (below, { pos, end }) => (/\n\s*\n/.test(original.slice(end, below)) ? below : pos),
      node.getStart(),
    );
    const end = ts.getTrailingCommentRanges(original, node.end)?.at(-1)?.end ?? node.end;
    const lineStart = original.lastIndexOf('\n', start - 1) + 1;
    const isFirst = original.slice(lineStart, start).trim() === '';
    const [rest] = /^[^\S\n]*\n?/.exec(original.slice(end))!;
    const gap = /\n(\r?\n)$/.exec(original.slice(0, lineStart));
    const closes = /^\s*(\r?\n|[}\]])|^$/.test(original.slice(end + rest.length));
    this.replace(
      (isFirst ? lineStart : start) - (gap !== null && closes && isFirst ? gap[1]!.length : 0),
      isFirst ? end + rest.length : end,
      '',
    );
  }
}

/** Calls a function with a node and all nodes below it. */
export function visit(node: ts.Node, use: (node: ts.Node) => void): void {
  use(node);
  ts.forEachChild(node, (child) => visit(child, use));
}

/** All nodes of a tree that a guard accepts. */
export function findAll<Found extends ts.Node>(
  root: ts.Node,
  guard: (node: ts.Node) => node is Found,
): Found[] {
  const found: Found[] = [];
  visit(root, (node) => guard(node) && found.push(node));
  return found;
}
