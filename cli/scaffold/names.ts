import ts from 'typescript';
import { UsageError } from '../command-line.ts';

/** `OrderShipped` of `order-shipped`. */
export function pascalCase(name: string): string {
  return name.replaceAll(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** `orderShipped` of `order-shipped`. */
export function camelCase(name: string): string {
  return name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** `order-shipped` of `OrderShipped`. */
export function kebabCase(identifier: string): string {
  return identifier.replaceAll(/([a-z0-9])([A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$3-$2').toLowerCase();
}

/** Files of these names mean something else in a folder. */
const FILES: ReadonlySet<string> = new Set(['index', 'main']);

/** Whether a word is one of TypeScript's own, such as `new`. */
export function isReserved(word: string): boolean {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, true);
  scanner.setText(word);
  const kind = scanner.scan();
  return (
    scanner.getTokenEnd() === word.length &&
    kind >= ts.SyntaxKind.FirstReservedWord &&
    kind <= ts.SyntaxKind.LastFutureReservedWord
  );
}

/**
 * Checks a name on the command line that files, identifiers and objects of Kubernetes are named by.
 *
 * @param what it names, e.g. `event`.
 * @throws UsageError when it cannot be one.
 */
export function checkName(what: string, name: string): string {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new UsageError(
      `${what} '${name}' is not in kebab case: use a-z, 0-9 and single '-', starting with a letter, e.g. order-shipped`,
    );
  }
  if (FILES.has(name) || isReserved(name)) {
    throw new UsageError(
      `${what} '${name}' has a name with another meaning in TypeScript: choose another`,
    );
  }
  if (what === 'event' && pascalCase(name) in globalThis) {
    throw new UsageError(
      `event '${name}' would be '${pascalCase(name)}', which JavaScript has already: say what has happened, e.g. ${name}-created`,
    );
  }
  return name;
}
