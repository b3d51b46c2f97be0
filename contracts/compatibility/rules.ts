import type { Case, Cases } from './cases.ts';
import type { Kind } from './facts.ts';
import type { Incompatibility } from './report.ts';
import type { Node } from './schema-document.ts';

/** What the rules for kinds of values ask of the comparison that they are part of. */
export interface Rules {
  readonly cases: Cases;
  /** What a value that all nodes accept may have, and the reader does not accept. */
  compare(nodes: readonly Node[], reader: Node): readonly Incompatibility[];
  /** What a value of a case may have, and the reader does not accept. */
  accept(one: Case, reader: Node): readonly Incompatibility[];
  /** Whether no value is in a case, as far as it can be known. */
  isEmpty(one: Case): boolean;
  /** Whether no value of a case is accepted by a node, as far as it can be known. */
  isDisjoint(one: Case, node: Node): boolean;
  /** The same case with values of one kind only. */
  ofKind(one: Case, kind: Kind): readonly Case[];
}
