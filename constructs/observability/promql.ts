import { parser } from '@prometheus-io/lezer-promql';

/** What a query in PromQL is made of. */
export interface PromQl {
  /** Names of the metrics that it reads, each once, in their order. */
  readonly metrics: readonly string[];
  /** Where it stops being PromQL; undefined when all of it is. */
  readonly problem: string | undefined;
}

/** Characters of a query that an error shows. */
const SHOWN = 20;

/** A text in double quotes, in which nothing is escaped. */
const QUOTED = /"[^"\\\n]*"/g;
/** What else a text or a comment begins with. */
const OTHER_TEXT = /['`#\\]/;

/** What was read of queries, by their form: those of two consumers differ in the values of labels alone. */
const READ = new Map<string, PromQl>();

/**
 * Reads a query, by the grammar that Prometheus' own editor uses.
 *
 * @see https://prometheus.io/docs/prometheus/latest/querying/basics/
 */
export function readPromQl(query: string): PromQl {
  const form = OTHER_TEXT.test(query) ? query : query.replaceAll(QUOTED, '""');
  const read = READ.get(form) ?? parsed(form);
  READ.set(form, read);
  // What an error shows is in the query itself.
  return read.problem === undefined || form === query ? read : parsed(query);
}

function parsed(query: string): PromQl {
  const metrics = new Set<string>();
  let problem: string | undefined;
  parser.parse(query).iterate({
    enter: ({ type, name, from, to, node }) => {
      if (type.isError) {
        const rest = query.slice(from, from + SHOWN);
        problem ??= rest === '' ? 'ends too early' : `is not understood from '${rest}' on`;
      } else if (name === 'Identifier' && node.parent?.name === 'VectorSelector') {
        metrics.add(query.slice(from, to));
      }
    },
  });
  return { metrics: [...metrics], problem: query.trim() === '' ? 'is empty' : problem };
}
