import type { SagaContract, TimeSpan } from '@cdk8s-event-platform/contracts';
import { secondsOf } from '@cdk8s-event-platform/contracts/internal';
import { begin, decide } from '../sagas/decide.ts';
import type { SagaAction, SagaDecision, SagaEvent, SagaSend } from '../sagas/saga-state.ts';

/** Something that happens to a saga in a test. */
export type SagaHappening =
  | {
      readonly type: 'answer';
      readonly step: string;
      readonly outcome: string;
      readonly action: SagaAction;
      readonly attempt?: number | undefined;
      readonly reply?: unknown;
    }
  | { readonly type: 'passes'; readonly span: TimeSpan }
  | { readonly type: 'cancel' }
  | { readonly type: 'retry' };

/** Options of an answer in a test. */
export interface AnsweredOptions {
  /** Number of the command that is answered. @default - the last one */
  readonly attempt?: number;
  /** The whole answer. @default - the outcome alone */
  readonly reply?: unknown;
}

/** A participant answers the request of a step. */
export function answered(
  step: string,
  outcome: string,
  { attempt, reply }: AnsweredOptions = {},
): SagaHappening {
  return { type: 'answer', step, outcome, action: 'request', attempt, reply: reply ?? { outcome } };
}

/** A participant answers the undo of a step. */
export function undoAnswered(
  step: string,
  outcome: string,
  { attempt, reply }: AnsweredOptions = {},
): SagaHappening {
  return { type: 'answer', step, outcome, action: 'undo', attempt, reply: reply ?? { outcome } };
}

/** Time passes, and all timeouts in it. */
export function passes(span: TimeSpan): SagaHappening {
  return { type: 'passes', span };
}

/** Somebody cancels the saga. */
export const cancels: SagaHappening = { type: 'cancel' };
/** Somebody retries the saga. */
export const retries: SagaHappening = { type: 'retry' };

/** What a saga does about what happens. */
export interface SagaOutcome extends Omit<SagaDecision, 'send'> {
  /** Commands that it sends, e.g. `payment.request` or `payment.undo`. */
  readonly sends: readonly string[];
}

/** A saga in a test, without a database, a broker and a clock. */
class SagaUnderTest {
  #now = 0;
  #decision: SagaDecision;
  readonly #sent: SagaSend[] = [];
  readonly #answered = new Map<string, string>();

  public constructor(private readonly saga: SagaContract) {
    this.#decision = this.#note(begin(saga, 0));
  }

  /** What the saga does next. */
  public when(happening: SagaHappening): SagaOutcome {
    const before = this.#sent.length;
    this.#happen(happening);
    const { state, ignored, refused } = this.#decision;
    return {
      state,
      sends: this.#sent.slice(before).map(({ step, action }) => `${step}.${action}`),
      ...(ignored !== undefined && { ignored }),
      ...(refused !== undefined && { refused }),
    };
  }

  #note(decision: SagaDecision): SagaDecision {
    this.#sent.push(...decision.send);
    return decision;
  }

  #decide(event: SagaEvent): void {
    this.#decision = this.#note(decide(this.saga, this.#decision.state, event));
  }

  #happen(happening: SagaHappening): void {
    switch (happening.type) {
      case 'passes': {
        const end = this.#now + secondsOf(happening.span) * 1000;
        for (let at = this.#nextDue; at <= end; at = this.#nextDue) {
          this.#now = at;
          this.#decide({ type: 'due', at });
        }
        this.#now = end;
        break;
      }
      case 'answer':
        this.#answer(happening);
        break;
      default:
        this.#decide({ type: happening.type, at: this.#now });
    }
  }

  get #nextDue(): number {
    return this.#decision.state.dueAt ?? Infinity;
  }

  #answer(happening: Extract<SagaHappening, { readonly type: 'answer' }>): void {
    const { step, action, outcome } = happening;
    const last = this.#sent.findLast((sent) => sent.step === step && sent.action === action);
    const attempt = happening.attempt ?? last?.attempt;
    if (attempt === undefined || attempt > (last?.attempt ?? 0)) {
      throw new Error(
        `${step}.${action} cannot be answered: the saga has sent ${this.#sent.map((sent) => `${sent.step}.${sent.action}`).join(', ')}`,
      );
    }
    const command = `${step} ${action} ${attempt}`;
    const answeredBefore = this.#answered.get(command);
    if (answeredBefore === undefined) {
      this.#answered.set(command, outcome);
    }
    this.#decide({
      ...{ type: 'answer', at: this.#now, step, action, attempt, outcome },
      reply: happening.reply,
      ...(answeredBefore !== undefined && { answeredBefore }),
    });
  }
}

/**
 * A saga to which some things have happened, for tests of its declaration.
 *
 * @example
 * const { sends, state } = givenSaga(PlaceOrder, answered('payment', 'charged')).when(answered('items', 'out-of-stock'));
 * expect([sends, state.status]).toEqual([['payment.undo'], 'undoing']);
 */
export function givenSaga(
  saga: SagaContract,
  ...happenings: readonly SagaHappening[]
): { when(happening: SagaHappening): SagaOutcome } {
  const own = new SagaUnderTest(saga);
  happenings.forEach((happening) => own.when(happening));
  return own;
}
