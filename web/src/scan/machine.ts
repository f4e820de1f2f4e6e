// The states of a scan, from a code seen to an answer read. Pure: times and ids come in with the
// events, and what is to be done goes out as effects.

import type { Problem, Receipt } from '../api/types.ts';
import type { Taken } from '../offline/recorder.ts';
import type { Attempt } from './attempt.ts';

export type Source = 'camera' | 'wedge' | 'typed';

/** Why there is no answer yet. */
export type Cause = 'network' | 'timeout' | 'busy' | 'signed_out' | 'forbidden';

export type Answer =
  | { readonly kind: 'accepted'; readonly receipt: Receipt }
  /** Taken by the device itself, to be confirmed. */
  | { readonly kind: 'recorded'; readonly taken: Taken }
  | { readonly kind: 'refused'; readonly problem: Problem }
  /** Neither the service has it nor could it be written down here. */
  | { readonly kind: 'unkept' }
  | {
      readonly kind: 'failed';
      readonly cause: Cause;
      readonly detail?: string;
      readonly retryAfterMs?: number;
      readonly limited?: boolean;
    };

export interface Accepted { readonly attempt: Attempt; readonly receipt: Receipt }
export interface RecordedHere { readonly attempt: Attempt; readonly taken: Taken }
/** A success, the service's or the device's own. */
export type Done = Accepted | RecordedHere;

export type State =
  | { readonly name: 'ready' }
  | { readonly name: 'sending'; readonly attempt: Attempt; readonly tries: number; readonly held: boolean }
  | {
      readonly name: 'unsent';
      readonly attempt: Attempt;
      readonly tries: number;
      readonly cause: Cause;
      readonly detail?: string;
      /** Another pass was scanned meanwhile, and not taken. */
      readonly held: boolean;
      /** Tried again within a second: not worth alarming anybody. */
      readonly quiet: boolean;
    }
  | ({ readonly name: 'accepted' } & Accepted)
  | ({ readonly name: 'recorded' } & RecordedHere)
  /** Kept nowhere: only another try, or giving up, leads on. */
  | { readonly name: 'unkept'; readonly attempt: Attempt }
  | { readonly name: 'refused'; readonly attempt: Attempt; readonly problem: Problem }
  | { readonly name: 'unreadable' }
  /** The pass that was just accepted is there again: a second workshop has to be asked for. */
  | ({ readonly name: 'again' } & Done);

/** The last code that was answered, so that a pass left before the camera is not taken twice. */
interface Last {
  readonly code: string;
  readonly answeredAt: number;
  readonly seenAt: number;
  readonly accepted?: Done;
}

export interface Model {
  readonly state: State;
  readonly last?: Last;
}

export type Event =
  /** `attempt` is ready to be sent; whether it is, is decided here. */
  | { readonly type: 'scanned'; readonly source: Source; readonly attempt: Attempt; readonly at: number }
  | { readonly type: 'unreadable' }
  | { readonly type: 'answered'; readonly id: string; readonly answer: Answer; readonly at: number }
  | { readonly type: 'retry' }
  | { readonly type: 'another'; readonly attempt: Attempt }
  | { readonly type: 'dismissed' }
  | { readonly type: 'given_up' }
  | { readonly type: 'undone'; readonly seq: string }
  | { readonly type: 'resumed'; readonly attempt: Attempt };

export type Cue = 'accepted' | 'recorded' | 'refused' | 'unsent' | 'again' | 'held';

export type Effect =
  /** Before the first sending: from here on nothing may lose it. */
  | { readonly type: 'keep'; readonly attempt: Attempt }
  | { readonly type: 'send'; readonly attempt: Attempt }
  | { readonly type: 'forget'; readonly id: string }
  | { readonly type: 'retry_in'; readonly ms: number }
  | { readonly type: 'cue'; readonly cue: Cue };

export interface Step {
  readonly model: Model;
  readonly effects: readonly Effect[];
}

/** After a success the same pass has to be asked for, for so long. */
export const SAME_PASS_MS = 60_000;
/** A code that was away from the camera for less than this never left it. */
export const STILL_THERE_MS = 4_000;
/** The first failure is tried again at once, later ones by and by. */
const FIRST_RETRY_MS = 1_000;
const NEXT_RETRY_MS = 10_000;

export const START: Model = { state: { name: 'ready' } };

/** Whether something is under way that a new version of the page must not interrupt. */
export function underWay(model: Model): boolean {
  return model.state.name !== 'ready';
}

export function step(model: Model, event: Event): Step {
  switch (event.type) {
    case 'scanned': return scanned(model, event);
    case 'unreadable': return unreadable(model);
    case 'answered': return answered(model, event);
    case 'retry': return retry(model);
    case 'another': return another(model, event.attempt);
    case 'dismissed': return dismissed(model);
    case 'given_up': return givenUp(model);
    case 'undone': return undone(model, event.seq);
    case 'resumed': return model.state.name === 'ready' ? begin(model, event.attempt) : same(model);
  }
}

function same(model: Model): Step {
  return { model, effects: [] };
}

function cued(model: Model, state: State, cue: Cue): Step {
  return { model: { ...model, state }, effects: [{ type: 'cue', cue }] };
}

function begin(model: Model, attempt: Attempt): Step {
  return {
    model: { ...model, state: { name: 'sending', attempt, tries: 1, held: false } },
    effects: [{ type: 'keep', attempt }, { type: 'send', attempt }],
  };
}

function scanned(before: Model, event: Event & { type: 'scanned' }): Step {
  const { attempt, source, at } = event;
  const code = attempt.redeeming.code;
  const { last } = before;
  const known = last?.code === code ? last : undefined;
  const model = known ? { ...before, last: { ...known, seenAt: at } } : before;
  const { state } = model;
  if (state.name === 'unkept') return source === 'camera' ? same(model) : cued(model, state, 'held');
  if (state.name === 'sending' || state.name === 'unsent') {
    // The camera goes on seeing what it saw; only a hand means something by it.
    if (source === 'camera') return same(model);
    if (state.attempt.redeeming.code === code) return retry(model);
    return cued(model, withHeld(state), 'held');
  }
  if (source === 'camera') {
    // A pile of passes under a camera is not a queue: each wants a hand.
    if (state.name !== 'ready') return same(model);
    if (known && at - known.seenAt < STILL_THERE_MS) return same(model);
  }
  if (known?.accepted && at - known.answeredAt < SAME_PASS_MS) {
    return cued(model, { name: 'again', ...known.accepted }, 'again');
  }
  return begin(model, attempt);
}

function withHeld(state: State & { name: 'sending' | 'unsent' }): State {
  return state.name === 'unsent' ? { ...state, held: true, quiet: false } : { ...state, held: true };
}

function unreadable(model: Model): Step {
  const { state } = model;
  if (state.name === 'unkept') return cued(model, state, 'held');
  if (state.name === 'sending' || state.name === 'unsent') {
    return cued(model, withHeld(state), 'held');
  }
  return cued(model, { name: 'unreadable' }, 'refused');
}

function answered(model: Model, event: Event & { type: 'answered' }): Step {
  const { state } = model;
  const { answer, at } = event;
  if (state.name !== 'sending' || state.attempt.id !== event.id) return same(model);
  const { attempt } = state;
  if (answer.kind === 'failed') return failed(model, state, answer);
  if (answer.kind === 'unkept') return cued(model, { name: 'unkept', attempt }, 'unsent');
  const code = attempt.redeeming.code;
  const seen = { code, answeredAt: at, seenAt: at };
  const forget: Effect = { type: 'forget', id: attempt.id };
  if (answer.kind === 'refused') {
    const next: State = { name: 'refused', attempt, problem: answer.problem };
    // What was accepted before stays so: a second workshop that is refused changes nothing.
    const last = model.last?.code === code ? { ...model.last, seenAt: at } : seen;
    return { model: { state: next, last }, effects: [forget, { type: 'cue', cue: 'refused' }] };
  }
  if (answer.kind === 'recorded') {
    const { taken } = answer;
    return {
      model: { state: { name: 'recorded', attempt, taken }, last: { ...seen, accepted: { attempt, taken } } },
      effects: [forget, { type: 'cue', cue: 'recorded' }],
    };
  }
  const { receipt } = answer;
  return {
    model: {
      state: { name: 'accepted', attempt, receipt },
      last: receipt.reversed ? seen : { ...seen, accepted: { attempt, receipt } },
    },
    effects: [forget, { type: 'cue', cue: receipt.reversed ? 'refused' : 'accepted' }],
  };
}

type Sending = State & { name: 'sending' };

function failed(model: Model, state: Sending, answer: Answer & { kind: 'failed' }): Step {
  const { attempt, tries, held } = state;
  const { cause, detail, retryAfterMs } = answer;
  const quiet = tries === 1 && (cause === 'network' || cause === 'busy');
  const soonest = tries === 1 ? FIRST_RETRY_MS : NEXT_RETRY_MS;
  const waits: Effect[] = cause === 'signed_out' || cause === 'forbidden'
    ? [] : [{ type: 'retry_in', ms: Math.max(soonest, retryAfterMs ?? 0) }];
  const next: State = {
    name: 'unsent', attempt, tries, cause, held, quiet, ...(detail === undefined ? {} : { detail }),
  };
  // Sounded once, when it is first shown.
  const shown = tries === 1 ? !quiet : tries === 2;
  return {
    model: { ...model, state: next },
    effects: shown ? [...waits, { type: 'cue', cue: 'unsent' }] : waits,
  };
}

function retry(model: Model): Step {
  const { state } = model;
  if (state.name === 'unkept') return begin(model, state.attempt);
  if (state.name !== 'unsent') return same(model);
  const { attempt, tries, held } = state;
  return {
    model: { ...model, state: { name: 'sending', attempt, tries: tries + 1, held } },
    effects: [{ type: 'send', attempt }],
  };
}

function another(model: Model, attempt: Attempt): Step {
  const { name } = model.state;
  const asked = name === 'accepted' || name === 'recorded' || name === 'again' || name === 'refused';
  return asked ? begin(model, attempt) : same(model);
}

function dismissed(model: Model): Step {
  const { name } = model.state;
  return name === 'sending' || name === 'unsent' || name === 'unkept' ? same(model) : same({ ...model, ...START });
}

function givenUp(model: Model): Step {
  const { state } = model;
  if (state.name !== 'unsent' && state.name !== 'unkept') return same(model);
  return {
    model: { ...model, ...START },
    effects: [{ type: 'forget', id: state.attempt.id }],
  };
}

function undone(model: Model, seq: string): Step {
  const { last } = model;
  const done = last?.accepted;
  if (!done || !('receipt' in done) || done.receipt.seq !== seq) return same(model);
  const { accepted: _, ...rest } = last;
  const { state } = model;
  const shown = state.name === 'accepted' || state.name === 'again';
  return same({ state: shown ? { name: 'ready' } : state, last: rest });
}
