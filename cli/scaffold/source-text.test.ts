import { describe, expect, it } from 'vitest';
import { addImport, addNamedImport, removeWithImports } from './imports.ts';
import { SourceText } from './source-text.ts';

/** A file after a change. */
function changed(text: string, change: (source: SourceText) => void): string {
  const source = new SourceText('chart.ts', text);
  change(source);
  return source.text;
}

/** A file without a statement. */
function without(text: string, index: number): string {
  return changed(text, (source) => source.removeStatement(source.tree.statements[index]!));
}

describe('a statement', () => {
  it('is inserted behind the comment that ends a line', () => {
    const insert = (text: string) =>
      changed(text, (source) => source.insertAfter(source.tree.statements[0]!, 'b();\nc();'));
    expect(insert('a(); // why\nd();\n')).toBe('a(); // why\nb();\nc();\nd();\n');
    expect(insert('  a();\r\n')).toBe('  a();\r\n  b();\r\n  c();\r\n');
    expect(insert('a();')).toBe('a();\nb();\nc();');
  });

  it('is removed with the comment above it and behind it', () => {
    expect(without('a();\n// of b\n/* too */\nb(); // why\nc();\n', 1)).toBe('a();\nc();\n');
  });

  it('is removed without a comment that an empty line parts from it', () => {
    expect(without('a();\n// of all\n\nb();\nc();\n', 1)).toBe('a();\n// of all\n\nc();\n');
  });

  it('is removed with one of two empty lines around it', () => {
    expect(without('a();\n\nb();\n\nc();\n', 1)).toBe('a();\n\nc();\n');
    expect(without('a();\r\n\r\nb();\r\n\r\nc();\r\n', 1)).toBe('a();\r\n\r\nc();\r\n');
    expect(without('a();\n\nb();\nc();\n', 1)).toBe('a();\n\nc();\n');
  });

  it('is removed from a line that it shares', () => {
    expect(without('a(); b(); c();\n', 1)).toBe('a();  c();\n');
  });
});

describe('an import', () => {
  const CHART = `import { B } from 'b';\nimport { x } from './m.ts';\n\nnew B(x);\n`;

  it('comes where the order of modules has it', () => {
    expect(changed(CHART, (source) => addImport(source, './a.ts', '{ a }'))).toMatch(
      /'b';\nimport \{ a \} from '.\/a.ts';\nimport \{ x \}/,
    );
    expect(changed(CHART, (source) => addImport(source, './z.ts', '{ z }'))).toMatch(
      /'.\/m.ts';\nimport \{ z \} from '.\/z.ts';\n\nnew/,
    );
    expect(changed(CHART, (source) => addImport(source, 'c', '{ C }'))).toMatch(
      /'b';\nimport \{ C \} from 'c';\nimport \{ x \}/,
    );
  });

  it('is written in the quotes of the file', () => {
    const text = CHART.replaceAll("'", '"');
    expect(changed(text, (source) => addImport(source, './z.ts', '{ z }'))).toContain(
      'from "./z.ts"',
    );
  });

  it('takes a name beside others, once, under the name that the file has for it', () => {
    const names: string[] = [];
    const text = `import type { T } from 'b';\nimport { A as One, type D } from 'b';\n`;
    expect(changed(text, (source) => names.push(addNamedImport(source, 'b', 'A')))).toBe(text);
    expect(names).toEqual(['One']);
    expect(changed(text, (source) => addNamedImport(source, 'b', 'C'))).toContain(
      "import { A as One, C, type D } from 'b';",
    );
    expect(changed(text, (source) => addNamedImport(source, 'b', 'T'))).toContain(
      "import { A as One, type D, T } from 'b';",
    );
  });

  it('goes with the last statement that uses it', () => {
    const remove = (text: string, index: number) =>
      changed(text, (source) => removeWithImports(source, [source.tree.statements[index]!]));
    expect(remove(CHART, 2)).toBe('');
    expect(remove(`${CHART}use({ x });\n`, 2)).toBe("import { x } from './m.ts';\n\nuse({ x });\n");
    expect(remove(`${CHART}use.x({ B: 1 });\n`, 2)).toBe('\nuse.x({ B: 1 });\n');
  });
});
