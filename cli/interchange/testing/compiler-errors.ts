import { join } from 'node:path';
import ts from 'typescript';

/** What the compiler says of files under `strict`, with the contracts of this repository. */
export function compilerErrors(folder: string, ...files: readonly string[]): string[] {
  const root = join(import.meta.dirname, '..', '..', '..');
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) =>
    ts.sys.readFile(path),
  ) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(
    { ...config.compilerOptions, typeRoots: [join(root, 'node_modules', '@types')] },
    root,
  );
  const paths = { '@cdk8s-event-platform/contracts': [join(root, 'contracts', 'index.ts')] };
  const program = ts.createProgram(
    files.map((file) => join(folder, file)),
    { ...options, paths },
  );
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
