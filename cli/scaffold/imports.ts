import ts from 'typescript';
import { layout } from './layout.ts';
import { findAll, SourceText, UnknownStructureError, visit } from './source-text.ts';

/** The module that a declaration imports, as it is written. */
export function moduleOf(declaration: ts.ImportDeclaration | ts.ExportDeclaration): string {
  const { moduleSpecifier } = declaration;
  return moduleSpecifier !== undefined && ts.isStringLiteral(moduleSpecifier)
    ? moduleSpecifier.text
    : '';
}

/** Imports of a file. */
export function importsOf({ tree }: SourceText): ts.ImportDeclaration[] {
  return tree.statements.filter(ts.isImportDeclaration);
}

/** Names in the braces of an import; undefined when it has other ones. */
function namedOf(declaration: ts.ImportDeclaration): ts.NamedImports | undefined {
  const bindings = declaration.importClause?.namedBindings;
  return bindings !== undefined && ts.isNamedImports(bindings) ? bindings : undefined;
}

/** Names that a file imports from a module, as the file calls them. */
export function importedNames(
  source: SourceText,
  isModule: (module: string) => boolean,
): ts.ImportSpecifier[] {
  return importsOf(source)
    .filter((declaration) => isModule(moduleOf(declaration)))
    .flatMap((declaration) => [...(namedOf(declaration)?.elements ?? [])]);
}

/** What a module calls a name that is imported. */
export function exportedName({ propertyName, name }: ts.ImportSpecifier): string {
  return (propertyName ?? name).text;
}

function sortKey(specifier: string): string {
  return specifier.replace(/^type /, '').toLowerCase();
}

/** Writes the names of an import. @throws UnknownStructureError when there are comments between them. */
function writeNames(
  source: SourceText,
  declaration: ts.ImportDeclaration,
  names: readonly string[],
): void {
  const named = namedOf(declaration)!;
  if (/\/[/*]/.test(named.getText())) {
    throw new UnknownStructureError(`${source.placeOf(named)} has comments between imported names`);
  }
  const head = source.original.slice(declaration.getStart(), named.getStart());
  const tail = source.original.slice(named.end, declaration.end);
  source.replace(declaration.getStart(), declaration.end, layout(`${head}{`, names, `}${tail}`));
}

/**
 * Imports a name from a package, beside those that are imported from it already.
 *
 * @returns what the file calls it.
 */
export function addNamedImport(source: SourceText, module: string, name: string): string {
  const values = importsOf(source).filter(
    (declaration) =>
      moduleOf(declaration) === module &&
      namedOf(declaration) !== undefined &&
      declaration.importClause?.phaseModifier !== ts.SyntaxKind.TypeKeyword,
  );
  const known = values
    .flatMap((declaration) => [...namedOf(declaration)!.elements])
    .find((element) => exportedName(element) === name && !element.isTypeOnly);
  if (known !== undefined) {
    return known.name.text;
  }
  const [declaration] = values;
  if (declaration === undefined) {
    addImport(source, module, `{ ${name} }`);
    return name;
  }
  const names = namedOf(declaration)!.elements.map((element) => element.getText());
  const next = names.findIndex((other) => sortKey(other) > sortKey(name));
  writeNames(source, declaration, names.toSpliced(next < 0 ? names.length : next, 0, name));
  return name;
}

/** Adds an import where the order of modules has it: packages first, then files by their paths. */
export function addImport(source: SourceText, module: string, names: string): void {
  const { quote } = source;
  const line = `import ${names} from ${quote}${module}${quote};`;
  const imports = importsOf(source);
  const isFile = module.startsWith('.');
  const next = imports.find((other) => {
    const path = moduleOf(other);
    return path.startsWith('.') === isFile ? path > module : path.startsWith('.');
  });
  if (next !== undefined) {
    source.insertBefore(next, line);
  } else if (imports.length > 0) {
    source.insertAfter(imports.at(-1)!, line);
  } else {
    throw new UnknownStructureError(`${source.path} imports nothing`);
  }
}

/** Names that a file uses outside some nodes and its imports. */
export function usesOutside(source: SourceText, nodes: readonly ts.Node[]): ts.Identifier[] {
  const found: ts.Identifier[] = [];
  const look = (node: ts.Node): void => {
    if (nodes.includes(node) || ts.isImportDeclaration(node)) {
      return;
    }
    if (ts.isIdentifier(node) && !isMemberName(node)) {
      found.push(node);
    }
    ts.forEachChild(node, look);
  };
  look(source.tree);
  return found;
}

/** Whether an identifier is the name of a property, not of a value. */
function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isPropertyAssignment(parent) && parent.name === node)
  );
}

/** Removes statements, and the imports that only these have used. */
export function removeWithImports(source: SourceText, statements: readonly ts.Statement[]): void {
  const used = new Set(usesOutside(source, statements).map(({ text }) => text));
  const gone = new Set<string>();
  for (const statement of statements) {
    visit(
      statement,
      (node) => ts.isIdentifier(node) && !used.has(node.text) && gone.add(node.text),
    );
    source.removeStatement(statement);
  }
  for (const declaration of importsOf(source)) {
    const elements = findAll(declaration, ts.isImportSpecifier);
    const kept = elements.filter(({ name }) => !gone.has(name.text));
    if (kept.length === elements.length) {
      continue;
    }
    if (kept.length === 0 && declaration.importClause?.name === undefined) {
      source.removeStatement(declaration);
    } else if (kept.length > 0) {
      writeNames(
        source,
        declaration,
        kept.map((element) => element.getText()),
      );
    }
  }
}
