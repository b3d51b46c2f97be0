import {
  flag,
  listOf,
  must,
  optional,
  type Shape,
  shapeProblems,
  shaped,
  shown,
  text,
  whole,
} from './checks.ts';
import { describeAnswer, listOfOutcomes } from './saga-outcomes.ts';
import { inexactIntegers } from './exact-integers.ts';
import { marksOf } from './marks.ts';
import type { SagaContract, SagaRetry, SagaStep } from './saga.ts';
import { schemaProblems } from './schema-compiler.ts';
import { isObject } from './subschemas.ts';
import { timeSpan } from './time-span.ts';

const DNS_LABEL = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** Thirty days, in seconds: an answer that is waited for longer is a process of its own. */
const MAX_TIMEOUT = 30 * 86_400;
const MAX_ATTEMPTS = 100;
const MAX_STEPS = 50;

const label = must(
  (value) => typeof value === 'string' && DNS_LABEL.test(value),
  "must be a DNS label: use at most 63 of a-z, 0-9 and '-', starting with a letter, e.g. payment",
);
const outcomes = must(
  (value) =>
    typeof value === 'string' ||
    (Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string')),
  "must be an outcome or a list of them, e.g. 'charged'",
);
const isCommand = (value: unknown) =>
  isObject(value) && value.command === true && typeof value.type === 'string';

const RETRY: Shape<SagaRetry> = {
  on: optional(outcomes),
  attempts: optional(whole(1, MAX_ATTEMPTS)),
  interval: optional(timeSpan(1, 86_400)),
};

const STEP: Shape<SagaStep> = {
  name: label,
  request: must(isCommand, 'must be a command: use defineCommand'),
  done: outcomes,
  failed: optional(outcomes),
  undo: optional(
    must(
      (value) => value === 'nothing' || isCommand(value),
      "must be a command, or 'nothing' where the step has no effect",
    ),
  ),
  undone: optional(outcomes),
  timeout: timeSpan(1, MAX_TIMEOUT),
  retry: optional(shaped(RETRY)),
  pointOfNoReturn: optional(flag),
};

const SHAPE: Shape<Pick<SagaContract, 'name' | 'version' | 'description' | 'data' | 'steps'>> = {
  name: label,
  version: must(
    (value) => typeof value === 'string' && /^\d+\.\d+\.\d+$/.test(value),
    "must be major.minor.patch, e.g. '1.0.0'",
  ),
  description: text,
  data: must(
    (value) => isObject(value) && value.type === 'object' && isObject(value.properties),
    "must be a JSON Schema of an object: use { type: 'object', required: […], properties: { … } }",
  ),
  steps: listOf(shaped(STEP)),
};

/** What is wrong with what a saga is started with. */
function dataProblems({ data }: SagaContract): readonly string[] {
  return [
    ...schemaProblems(data).map((problem) => `data: ${problem}`),
    ...inexactIntegers(data).map((problem) => `data: ${problem}`),
    ...(marksOf(data).size > 0
      ? [
          'data marks personal data or large values, which a saga cannot hold: start it with an id, and let the participant look up the rest',
        ]
      : []),
  ];
}

function twice(list: readonly string[]): readonly string[] {
  return [...new Set(list.filter((each, index) => list.indexOf(each) < index))];
}

/** What is wrong with the meanings of outcomes. */
function outcomeProblems(what: string, step: SagaStep): readonly string[] {
  const { request, undo, retry } = step;
  const asked = describeAnswer(`${what}.request`, request);
  const undoing =
    undo === undefined || undo === 'nothing' ? undefined : describeAnswer(`${what}.undo`, undo);
  const problems = [...asked.problems, ...(undoing?.problems ?? [])];
  if (problems.length > 0) {
    return problems;
  }
  const [done, failed, undone, again] = [
    ...[step.done, step.failed, step.undone, retry?.on].map(listOfOutcomes),
  ] as [string[], string[], string[], string[]];
  const unknown = (property: string, list: readonly string[], known: readonly string[]) =>
    list
      .filter((outcome) => !known.includes(outcome))
      .map(
        (outcome) =>
          `${what}.${property} names '${outcome}', which is no outcome of the answer: it has ${known.join(', ')}`,
      );
  const known = [...asked.outcomes, ...(undoing?.outcomes ?? [])];
  const meant = [...done, ...failed, ...again.filter((each) => asked.outcomes.includes(each))];
  return [
    ...unknown('done', done, asked.outcomes),
    ...unknown('failed', failed, asked.outcomes),
    ...unknown('undone', undone, undoing?.outcomes ?? []),
    ...unknown('retry.on', again, known),
    ...twice(meant).map(
      (outcome) =>
        `${what} gives the outcome '${outcome}' two meanings: keep it in one of done, failed and retry.on`,
    ),
    ...asked.outcomes
      .filter((outcome) => !meant.includes(outcome))
      .map(
        (outcome) =>
          `${what} does not say what the outcome '${outcome}' of its request means: add it to done, failed or retry.on`,
      ),
    ...undone
      .filter((outcome) => again.includes(outcome))
      .map(
        (outcome) =>
          `${what} gives the outcome '${outcome}' of its undo two meanings: keep it in undone or retry.on`,
      ),
  ];
}

/** What is wrong with how a step is undone, by its place. */
function undoProblems(what: string, step: SagaStep, place: Place): readonly string[] {
  const { undo, undone, pointOfNoReturn = false } = step;
  const hasCommand = undo !== undefined && undo !== 'nothing';
  const isFinal = place.isLast || place.isPastReturn || pointOfNoReturn;
  const problems: readonly (readonly [boolean, string])[] = [
    [
      hasCommand && undone === undefined,
      'has an undo without undone: say which of its outcomes mean that it is undone',
    ],
    [
      !hasCommand && undone !== undefined,
      'has undone without an undo: give it the command, or leave undone out',
    ],
    [
      undo === undefined && !isFinal,
      "has no undo and steps come after it: give it an undo (or 'nothing'), make it the last one, or set pointOfNoReturn: later steps are then not undone",
    ],
    [
      undo !== undefined && place.isPastReturn,
      'comes after the point of no return, and is never undone: leave out undo',
    ],
    ...returnProblems(pointOfNoReturn, place),
  ];
  return problems.flatMap(([holds, problem]) => (holds ? [`${what} ${problem}`] : []));
}

/** What is wrong with a point of no return, by its place. */
function returnProblems(isReturn: boolean, place: Place): readonly (readonly [boolean, string])[] {
  return [
    [isReturn && place.isLast, 'is the last step: leave out pointOfNoReturn'],
    [isReturn && place.isPastReturn, 'is a second point of no return: keep the first one'],
  ];
}

/** Where a step is. */
interface Place {
  readonly isLast: boolean;
  /** Whether it comes after the point of no return. */
  readonly isPastReturn: boolean;
}

/** Every reason why a saga is not usable; empty when it is. */
export function sagaProblems(saga: unknown): readonly string[] {
  const problems = shapeProblems(saga, SHAPE);
  if (problems.length > 0) {
    return problems;
  }
  const { steps } = saga as SagaContract;
  const at = steps.findIndex(({ pointOfNoReturn }) => pointOfNoReturn === true);
  return [
    ...dataProblems(saga as SagaContract),
    ...(steps.length === 0 || steps.length > MAX_STEPS
      ? [`steps (${shown(steps)}) must be 1 to ${MAX_STEPS} steps`]
      : []),
    ...twice(steps.map(({ name }) => name)).map(
      (name) => `steps has two of the name '${name}': give each a name of its own`,
    ),
    ...steps.flatMap((step, index) => [
      ...outcomeProblems(`steps[${index}]`, step),
      ...undoProblems(`steps[${index}]`, step, {
        isLast: index === steps.length - 1,
        isPastReturn: at >= 0 && index > at,
      }),
    ]),
  ];
}

/** Every reason why a list of sagas is not usable; empty when it is. */
export function sagaListProblems(what: string, sagas: unknown): readonly string[] {
  if (!Array.isArray(sagas)) {
    return [`${what} (${shown(sagas)}) must be a list`];
  }
  const problems = sagas.flatMap((saga, index) =>
    sagaProblems(saga).map((problem) => `${what}[${index}]: ${problem}`),
  );
  if (problems.length > 0) {
    return problems;
  }
  const names = (sagas as readonly SagaContract[]).map(
    ({ name, version }) => `${name}@${version.split('.', 1)[0]!}`,
  );
  return twice(names).map(
    (name) => `${what} lists '${name}' twice: keep one, or give one another major version`,
  );
}
