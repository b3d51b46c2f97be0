import type { SagaContract, SagaStep, TimeSpan } from '@cdk8s-event-platform/contracts';
import { listOfOutcomes, secondsOf } from '@cdk8s-event-platform/contracts/internal';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import {
  ENDED,
  type SagaDecision,
  type SagaEvent,
  type SagaReason,
  type SagaState,
} from './saga-state.ts';

type Answer = Extract<SagaEvent, { readonly type: 'answer' }>;

/** The steps of a saga: all that a decision needs of it. */
type Saga = Pick<SagaContract, 'steps'>;

const DEFAULT_ATTEMPTS = 5;
const DEFAULT_INTERVAL: TimeSpan = { seconds: 10 };
/** Reasons beside outcomes. */
const TIMED_OUT = 'timed out';
const CANCELLED = 'cancelled';

function milliseconds(span: TimeSpan): number {
  return secondsOf(span) * 1000;
}

/** A state without what was waited for and why. */
function settled(state: SagaState): SagaState {
  const { status, step, path, action, attempt, tries, waitsFor, cancelledBy, replies } = state;
  return {
    ...{ status, step, path, action, attempt, tries, waitsFor, replies },
    ...(cancelledBy !== undefined && { cancelledBy }),
  };
}

function nothing(state: SagaState): SagaDecision {
  return { state, send: [] };
}

/** Sends the command of a step. */
function sending(
  { steps }: Saga,
  state: SagaState,
  at: number,
  command: Pick<SagaState, 'status' | 'step' | 'action' | 'attempt' | 'tries'>,
): SagaDecision {
  const { name, timeout } = steps[command.step]!;
  return {
    state: {
      ...settled(state),
      ...command,
      // Those that come later may have changed since.
      path: steps.map((step) => step.name),
      ...{ waitsFor: 'answer', dueAt: at + milliseconds(timeout) },
    },
    send: [{ step: name, action: command.action, attempt: command.attempt }],
  };
}

/** Asks for a step; after the last one, the saga is completed. */
function forward(saga: Saga, state: SagaState, step: number, at: number): SagaDecision {
  return step < saga.steps.length
    ? sending(saga, state, at, {
        ...{ status: 'running', step, action: 'request', attempt: 1, tries: 1 },
      })
    : nothing({ ...settled(state), status: 'completed', waitsFor: 'nothing' });
}

/** Undoes a step and those before it; before the first one, the saga is cancelled. */
function backward(
  saga: Saga,
  state: SagaState,
  step: number,
  at: number,
  cancelledBy: SagaReason | undefined,
): SagaDecision {
  const reason = state.cancelledBy ?? cancelledBy;
  const own: SagaState = { ...state, ...(reason && { cancelledBy: reason }) };
  for (let index = step; index >= 0; index--) {
    if (saga.steps[index]!.undo !== 'nothing') {
      return sending(saga, own, at, {
        ...{ status: 'undoing', step: index, action: 'undo', attempt: 1, tries: 1 },
      });
    }
  }
  return nothing({ ...settled(own), status: 'cancelled', step: 0, waitsFor: 'nothing' });
}

/** Waits for somebody. */
function stuck(state: SagaState, stuckBy: SagaReason): SagaDecision {
  return nothing({ ...settled(state), status: 'stuck', waitsFor: 'nothing', stuckBy });
}

/** Whether a step comes after one that there is no way back from. */
function isPastReturn({ steps }: Saga, step: number): boolean {
  return steps.slice(0, step).some(({ pointOfNoReturn }) => pointOfNoReturn === true);
}

/** Waits for the next attempt. */
function pausing({ retry }: SagaStep, state: SagaState, at: number): SagaDecision {
  return nothing({
    ...settled(state),
    waitsFor: 'next attempt',
    dueAt: at + milliseconds(retry?.interval ?? DEFAULT_INTERVAL),
  });
}

function triesLeft({ retry }: SagaStep, { tries }: SagaState): boolean {
  return tries < (retry?.attempts ?? DEFAULT_ATTEMPTS);
}

/** Sends the command of the step again, as one of its own. */
function again(saga: Saga, state: SagaState, at: number, tries = state.tries + 1): SagaDecision {
  const { step, action, attempt } = state;
  const status = action === 'undo' ? 'undoing' : 'running';
  return sending(saga, state, at, { status, step, action, attempt: attempt + 1, tries });
}

/** What follows when a step is surely not done. */
function notDone(saga: Saga, state: SagaState, at: number, outcome: string): SagaDecision {
  const reason = { step: saga.steps[state.step]!.name, outcome };
  return isPastReturn(saga, state.step)
    ? stuck(state, reason)
    : backward(saga, state, state.step - 1, at, reason);
}

function requestAnswered(saga: Saga, state: SagaState, answer: Answer): SagaDecision {
  const step = saga.steps[state.step]!;
  const { at, outcome, reply } = answer;
  const means = (outcomes: SagaStep['failed']) => listOfOutcomes(outcomes).includes(outcome);
  if (means(step.done)) {
    const replies = { ...state.replies, [step.name]: reply };
    return forward(saga, { ...state, replies }, state.step + 1, at);
  }
  if (means(step.failed) || (means(step.retry?.on) && !triesLeft(step, state))) {
    return notDone(saga, state, at, outcome);
  }
  if (means(step.retry?.on)) {
    return pausing(step, state, at);
  }
  throw new InvalidEventError(`the outcome '${outcome}' means nothing in the step '${step.name}'`);
}

function undoAnswered(saga: Saga, state: SagaState, answer: Answer): SagaDecision {
  const step = saga.steps[state.step]!;
  const { at, outcome } = answer;
  if (listOfOutcomes(step.undone).includes(outcome)) {
    return backward(saga, state, state.step - 1, at, undefined);
  }
  return listOfOutcomes(step.retry?.on).includes(outcome) && triesLeft(step, state)
    ? pausing(step, state, at)
    : stuck(state, { step: step.name, outcome });
}

/** Whether an answer says that the step is undone, be it to an earlier attempt: an undo is idempotent. */
function saysUndone({ steps }: Saga, state: SagaState, answer: Answer): boolean {
  const step = steps[state.step]!;
  return (
    !ENDED.has(state.status) &&
    state.action === 'undo' &&
    answer.action === 'undo' &&
    answer.step === step.name &&
    listOfOutcomes(step.undone).includes(answer.outcome)
  );
}

function answered(saga: Saga, state: SagaState, answer: Answer): SagaDecision {
  const { step, action, attempt, outcome, answeredBefore } = answer;
  if (answeredBefore !== undefined) {
    return {
      ...nothing(state),
      ignored: answeredBefore === outcome ? 'repeated' : 'contradictory',
    };
  }
  const isAwaited =
    state.waitsFor === 'answer' &&
    step === saga.steps[state.step]!.name &&
    action === state.action &&
    attempt === state.attempt;
  if (!isAwaited && !saysUndone(saga, state, answer)) {
    return { ...nothing(state), ignored: 'late' };
  }
  return action === 'request'
    ? requestAnswered(saga, state, answer)
    : undoAnswered(saga, state, answer);
}

/** What follows when no answer has come in time. */
function timedOut(saga: Saga, state: SagaState, at: number): SagaDecision {
  const step = saga.steps[state.step]!;
  const reason = { step: step.name, outcome: TIMED_OUT };
  if (state.action === 'undo') {
    return triesLeft(step, state) ? again(saga, state, at) : stuck(state, reason);
  }
  // Nobody knows whether it is done: it is undone, too, where that is possible, and waited for where it is not.
  return step.undo === undefined
    ? nothing({ ...settled(state), overdueSince: state.dueAt ?? at })
    : backward(saga, state, state.step, at, reason);
}

function due(saga: Saga, state: SagaState, at: number): SagaDecision {
  if (state.dueAt === undefined || state.dueAt > at) {
    return nothing(state);
  }
  return state.waitsFor === 'answer' ? timedOut(saga, state, at) : again(saga, state, at);
}

function cancelled(saga: Saga, state: SagaState, at: number): SagaDecision {
  const { status, step, waitsFor } = state;
  const { name, undo } = saga.steps[step]!;
  const refuse = (refused: string) => ({ ...nothing(state), refused });
  if (status !== 'running') {
    return refuse(
      status === 'stuck'
        ? 'the saga is stuck: retry it'
        : status === 'undoing'
          ? 'the saga is being cancelled already'
          : `the saga is ${status}`,
    );
  }
  if (isPastReturn(saga, step)) {
    return refuse(`the saga is past its point of no return, at the step '${name}'`);
  }
  const isUncertain = waitsFor === 'answer';
  if (isUncertain && undo === undefined) {
    return refuse(`the step '${name}' cannot be undone, and its answer has not come`);
  }
  const reason = { step: name, outcome: CANCELLED };
  return backward(saga, state, isUncertain ? step : step - 1, at, reason);
}

/** The beginning of a saga. @param at milliseconds since 1970. */
export function begin(saga: Saga, at: number): SagaDecision {
  const state: SagaState = {
    ...{ status: 'running', step: 0, action: 'request', attempt: 1, tries: 1 },
    ...{ path: saga.steps.map(({ name }) => name), waitsFor: 'nothing', replies: {} },
  };
  return forward(saga, state, 0, at);
}

/**
 * What follows from something that happens to a saga. Pure: it has no clock, and reads and sends nothing.
 *
 * @throws InvalidEventError for an answer with an outcome that means nothing.
 */
export function decide(saga: Saga, state: SagaState, event: SagaEvent): SagaDecision {
  switch (event.type) {
    case 'answer':
      return answered(saga, state, event);
    case 'due':
      return due(saga, state, event.at);
    case 'cancel':
      return cancelled(saga, state, event.at);
    case 'retry':
      // An overdue step is never asked for again by itself: somebody knows that its command is gone.
      return state.status === 'stuck' || state.overdueSince !== undefined
        ? again(saga, state, event.at, 1)
        : { ...nothing(state), refused: `the saga is ${state.status}, neither stuck nor overdue` };
  }
}
