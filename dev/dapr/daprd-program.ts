import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Where `dapr init` puts it. */
const USUAL = join(homedir(), '.dapr', 'bin');

/** The program `daprd` of this machine. @throws Error that says how to install it. */
export function daprdProgram(path = process.env.PATH ?? ''): string {
  const name = process.platform === 'win32' ? 'daprd.exe' : 'daprd';
  const found = [...path.split(delimiter), USUAL]
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));
  if (found === undefined) {
    throw new Error(
      `no daprd on PATH or in ${USUAL}: install Dapr's command line and run 'dapr init --slim', or leave out --dapr`,
    );
  }
  return found;
}
