import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SagaStep } from '@cdk8s-event-platform/contracts';
import { begin, decide } from './decide.ts';
import { ENDED, type SagaDecision, type SagaEvent, type SagaSend } from './saga-state.ts';

/** Outcomes that participants may choose; they do what they say. */
type Mood = 'done' | 'failed' | 'busy' | 'impossible';

const COMMAND = {} as SagaStep['request'];
const ATTEMPTS = 3;

/** A saga of some steps: what can be undone, what needs no undo, and perhaps a point of no return. */
const sagas = fc
  .record({
    undos: fc.array(fc.constantFrom('command', 'nothing'), { maxLength: 3 }),
    last: fc.constantFrom('command', 'nothing', 'none'),
    /** Steps that only go forward, after the point of no return. */
    forward: fc.integer({ min: 0, max: 2 }),
  })
  .map(({ undos, last, forward }): readonly SagaStep[] => {
    const kinds = [...undos, forward > 0 ? 'return' : last, ...Array<string>(forward).fill('none')];
    return kinds.map((kind, index) => ({
      ...{ name: `step-${index}`, request: COMMAND, timeout: { seconds: 60 } },
      ...{ done: 'done', failed: 'failed' },
      retry: { on: 'busy', attempts: ATTEMPTS, interval: { seconds: 10 } },
      ...(kind === 'command' && { undo: COMMAND, undone: 'undone' }),
      ...(kind === 'nothing' && { undo: 'nothing' as const }),
      ...(kind === 'return' && { pointOfNoReturn: true }),
    }));
  });

/** What a participant knows of one step. */
interface Participant {
  /** Whether its effect is there. */
  effect: boolean;
  /** Whether it was undone: a request that comes later is refused. */
  undone: boolean;
  /** Answers by command: a redelivered one has the same. */
  readonly answers: Map<number, string>;
}

type Answer = Extract<SagaEvent, { readonly type: 'answer' }>;

/** A saga with model participants, and a network that repeats, delays and reorders. */
class World {
  public readonly participants: readonly Participant[];
  public decision: SagaDecision;
  public now = 0;
  public commands: SagaSend[] = [];
  public answers: Omit<Answer, 'at' | 'answeredBefore'>[] = [];
  /** Whether a participant has said that it cannot undo. */
  public impossible = false;
  readonly #known = new Map<string, string>();

  public constructor(private readonly steps: readonly SagaStep[]) {
    this.participants = steps.map(() => ({ effect: false, undone: false, answers: new Map() }));
    this.decision = this.#apply(begin({ steps }, 0));
  }

  /** Something happens; `crash` loses it before the commit. */
  public happen(event: SagaEvent, crash = false): SagaDecision {
    const decision = decide({ steps: this.steps }, this.decision.state, event);
    if (!crash) {
      this.decision = this.#apply(decision);
    }
    return decision;
  }

  /** The participant carries a command out once, and answers each time that it comes. */
  public deliver(index: number, mood: Mood, keep: boolean): void {
    const command = keep ? this.commands[index]! : this.commands.splice(index, 1)[0]!;
    const at = this.steps.findIndex(({ name }) => name === command.step);
    const participant = this.participants[at]!;
    const id = command.attempt * 2 + Number(command.action === 'undo');
    const outcome = participant.answers.get(id) ?? this.#carryOut(command, participant, at, mood);
    participant.answers.set(id, outcome);
    this.answers.push({ type: 'answer', ...command, outcome, reply: { outcome } });
  }

  /** An answer comes. */
  public answer(index: number, keep: boolean, crash: boolean): void {
    const answer = keep ? this.answers[index]! : this.answers.splice(index, 1)[0]!;
    const id = `${answer.step} ${answer.action} ${answer.attempt}`;
    const answeredBefore = this.#known.get(id);
    this.happen(
      { ...answer, at: this.now, ...(answeredBefore !== undefined && { answeredBefore }) },
      crash,
    );
    if (crash) {
      // The broker delivers it again.
      this.answers.push(answer);
    } else {
      this.#known.set(id, answeredBefore ?? answer.outcome);
    }
  }

  /** Somebody retries: a step that is overdue only where its command was discarded, and was never carried out. */
  public retry(crash: boolean): void {
    const { overdueSince, step, attempt } = this.decision.state;
    if (overdueSince !== undefined) {
      if (this.participants[step]!.answers.has(attempt * 2)) {
        return;
      }
      this.commands = this.commands.filter((each) => each.step !== this.steps[step]!.name);
    }
    this.happen({ type: 'retry', at: this.now }, crash);
  }

  public tick(seconds: number): void {
    this.now += seconds * 1000;
    this.happen({ type: 'due', at: this.now });
  }

  #apply(decision: SagaDecision): SagaDecision {
    this.commands.push(...decision.send);
    // Only what the database keeps goes on.
    return JSON.parse(JSON.stringify(decision)) as SagaDecision;
  }

  #carryOut({ action }: SagaSend, participant: Participant, at: number, mood: Mood): string {
    if (action === 'undo') {
      if (mood === 'busy' || mood === 'impossible') {
        this.impossible ||= mood === 'impossible';
        return mood;
      }
      participant.undone = true;
      participant.effect = false;
      return 'undone';
    }
    if (participant.undone || mood === 'failed' || mood === 'impossible') {
      return 'failed';
    }
    if (mood === 'done') {
      participant.effect = this.steps[at]!.undo !== 'nothing';
    }
    return mood;
  }
}

/** One thing that the world does: which, and what is chosen for it. */
const choice = fc.record({
  what: fc.constantFrom('deliver', 'deliver', 'answer', 'answer', 'tick', 'cancel', 'retry'),
  which: fc.nat(20),
  mood: fc.constantFrom<Mood>('done', 'done', 'done', 'failed', 'busy', 'impossible'),
  keep: fc.boolean(),
  crash: fc.boolean(),
  seconds: fc.constantFrom(1, 10, 60, 100),
});

function run(
  steps: readonly SagaStep[],
  choices: readonly (typeof choice extends fc.Arbitrary<infer Choice> ? Choice : never)[],
  moods: (mood: Mood) => Mood,
): World {
  const world = new World(steps);
  for (const { what, which, mood, keep, crash, seconds } of choices) {
    if (what === 'deliver' && world.commands.length > 0) {
      world.deliver(which % world.commands.length, moods(mood), keep);
    } else if (what === 'answer' && world.answers.length > 0) {
      world.answer(which % world.answers.length, keep, crash);
    } else if (what === 'tick') {
      world.tick(seconds);
    } else if (what === 'retry') {
      world.retry(crash);
    } else if (what === 'cancel') {
      world.happen({ type: what, at: world.now }, crash);
    }
  }
  return world;
}

/** Everything under way comes, in any case once, and participants do what they are asked for. */
function drain(world: World): void {
  for (let round = 0; round < 200; round++) {
    while (world.commands.length > 0 || world.answers.length > 0) {
      if (world.commands.length > 0) {
        world.deliver(0, 'done', false);
      }
      while (world.answers.length > 0) {
        world.answer(0, false, false);
      }
    }
    const { status, dueAt, overdueSince } = world.decision.state;
    if (ENDED.has(status)) {
      return;
    }
    if (status === 'stuck' || overdueSince !== undefined) {
      world.retry(false);
    } else {
      world.now = Math.max(world.now, dueAt ?? world.now);
      world.happen({ type: 'due', at: world.now });
    }
  }
}

/** Whether the effects are those of the status. */
function expectConsistent({ decision, participants }: World, steps: readonly SagaStep[]): void {
  const effects = participants.map(({ effect }) => effect);
  if (decision.state.status === 'completed') {
    expect(effects).toEqual(steps.map(({ undo }) => undo !== 'nothing'));
  }
  if (decision.state.status === 'cancelled') {
    expect(effects).not.toContain(true);
  }
}

describe('a saga, whatever happens in whichever order', () => {
  const choices = fc.array(choice, { maxLength: 60 });

  it('ends with all effects or with none', () => {
    fc.assert(
      fc.property(sagas, choices, (steps, happened) => {
        const world = run(steps, happened, (mood) => mood);
        drain(world);
        expect(ENDED.has(world.decision.state.status)).toBe(true);
        expectConsistent(world, steps);
      }),
      { numRuns: 3_000 },
    );
  });

  it('is completed only with all effects, at each moment', () => {
    fc.assert(
      fc.property(sagas, choices, (steps, happened) => {
        const world = run(steps, happened, (mood) => mood);
        if (world.decision.state.status === 'completed') {
          expectConsistent(world, steps);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('is stuck only where an undo has failed, or a step after the point of no return', () => {
    fc.assert(
      fc.property(sagas, choices, (steps, happened) => {
        const world = run(steps, happened, (mood) => mood);
        const { status, action, tries, step } = world.decision.state;
        if (status !== 'stuck') {
          return;
        }
        if (action === 'undo') {
          expect(world.impossible || tries === ATTEMPTS).toBe(true);
        } else {
          const at = steps.findIndex(({ pointOfNoReturn }) => pointOfNoReturn === true);
          expect(at >= 0 && step > at).toBe(true);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('is never stuck before the point of no return while participants answer, and undo', () => {
    fc.assert(
      fc.property(sagas, choices, (steps, happened) => {
        // Time does not pass faster than answers come.
        const timely = happened.filter(({ what }) => what !== 'tick');
        const able = (mood: Mood) => (mood === 'impossible' || mood === 'busy' ? 'failed' : mood);
        const world = run(steps, timely, able);
        const { status, step } = world.decision.state;
        const at = steps.findIndex(({ pointOfNoReturn }) => pointOfNoReturn === true);
        expect(status === 'stuck' && (at < 0 || step <= at)).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  it('sends each command once, and asks for no step twice at the same time', () => {
    fc.assert(
      fc.property(sagas, choices, (steps, happened) => {
        const world = new World(steps);
        const seen = new Set<string>();
        const note = (send: readonly SagaSend[]) =>
          send.forEach(({ step, action, attempt }) => {
            const id = `${step} ${action} ${attempt}`;
            expect(seen.has(id)).toBe(false);
            seen.add(id);
          });
        note(world.decision.send);
        for (const { what, which, mood, seconds } of happened) {
          const before = world.decision;
          if (what === 'deliver' && world.commands.length > 0) {
            world.deliver(which % world.commands.length, mood, true);
          } else if (what === 'answer' && world.answers.length > 0) {
            world.answer(which % world.answers.length, true, false);
          } else if (what === 'tick') {
            world.tick(seconds);
          }
          if (world.decision !== before) {
            expect(world.decision.send.length).toBeLessThanOrEqual(1);
            note(world.decision.send);
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
