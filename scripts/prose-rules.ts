/** A phrase that texts of this repository do not use. */
export interface ProseRule {
  /** Regular expression without regard to case; a space also matches the end of a line of Markdown or of a comment. */
  readonly phrase: string;
  /** What to write instead. */
  readonly instead: string;
}

/** Phrases that need a second reading, or that are not the term of the field. */
export const PROSE_RULES: readonly ProseRule[] = [
  { phrase: 'is none that', instead: 'is not one that' },
  { phrase: 'what is no [a-z]+', instead: 'an invalid …, or whatever is not a …' },
  { phrase: 'whoever', instead: 'the role (the operator, the deployer, a client), or anyone who' },
  { phrase: 'has it scraped', instead: 'Prometheus scrapes it' },
  { phrase: 'anew', instead: 'again, or from the start' },
  { phrase: 'so much', instead: 'the amount' },
  { phrase: '(?:is|are|was|were) away', instead: 'is down, or is unavailable' },
  { phrase: 'as it has to be', instead: 'as expected, or correct' },
  { phrase: '(?:come|comes|came|coming) again', instead: 'is redelivered' },
  { phrase: 'mad(?:e|es) up|made-?up', instead: 'generated' },
  {
    phrase: 'undefined (?:where (?:it is|there is|there are)|when it is) none',
    instead: 'undefined if there is none',
  },
  { phrase: '@default - there (?:are|is) none', instead: '@default - none' },
  { phrase: 'that there (?:is|are) none', instead: 'that does not exist' },
  { phrase: 'is no (?:number|time|size) of? ?[a-z]*', instead: 'must be at least …' },
  { phrase: 'figures', instead: 'metrics, or numbers' },
  { phrase: 'objectives?', instead: 'SLO' },
  {
    phrase: '\\/\\*\\* has [a-z]+',
    instead: 'a verb that says what it does (runs, lets, must), not: has something done',
  },
];
