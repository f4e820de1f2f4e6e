import { describe, expect, it } from 'vitest';
import type { Problem, Receipt } from '../../src/api/types.ts';
import type { Attempt } from '../../src/scan/attempt.ts';
import {
  type Answer, type Event, type Model, SAME_PASS_MS, type Source, START, STILL_THERE_MS, step,
} from '../../src/scan/machine.ts';

const attempt = (code: string, id = code): Attempt => ({
  id, by: '7', madeAt: 0, redeeming: { venue: '1', code, workshops: 1 },
});
const receipt = (left = 4): Receipt => ({
  id: 'A', seq: '9', voucher: '5', venue: '1', workshops: 1, left, last_day: '2027-01-31',
  occurred_at: '2026-11-24T09:00:00Z', reversed: false, held: false,
});
const problem: Problem = { status: 409, reason: 'voucher_expired', detail: 'Trop tard.' };
const network: Answer = { kind: 'failed', cause: 'network' };

const scanned = (code: string, at = 0, source: Source = 'wedge', id = code): Event =>
  ({ type: 'scanned', source, attempt: attempt(code, id), at });
const answered = (id: string, answer: Answer, at = 0): Event => ({ type: 'answered', id, answer, at });
const accepted = (id = 'A', at = 0, left = 4): Event =>
  answered(id, { kind: 'accepted', receipt: receipt(left) }, at);

/** The model after some events, and the effects of the last of them. */
function after(...events: readonly Event[]): { model: Model; effects: string[] } {
  let model = START;
  let effects: string[] = [];
  for (const event of events) {
    const next = step(model, event);
    model = next.model;
    effects = next.effects.map((one) => (one.type === 'cue' ? `cue ${one.cue}` : one.type));
  }
  return { model, effects };
}
const state = (...events: readonly Event[]): string => after(...events).model.state.name;

describe('a scan', () => {
  it('is kept before it is sent, and forgotten when it is answered', () => {
    expect(after(scanned('A')).effects).toEqual(['keep', 'send']);
    const done = after(scanned('A'), accepted());
    expect(done.model.state.name).toBe('accepted');
    expect(done.effects).toEqual(['forget', 'cue accepted']);
  });

  it('that is refused says so and is forgotten', () => {
    const done = after(scanned('A'), answered('A', { kind: 'refused', problem }));
    expect(done.model.state).toMatchObject({ name: 'refused', problem });
    expect(done.effects).toEqual(['forget', 'cue refused']);
  });

  it('ignores an answer to another', () => {
    expect(state(scanned('A'), accepted('B'))).toBe('sending');
    expect(state(accepted('A'))).toBe('ready');
  });

  it('of the same pass within a minute asks, later it does not', () => {
    const first = [scanned('A'), accepted(), { type: 'dismissed' }] as const;
    expect(state(...first, scanned('A', SAME_PASS_MS - 1))).toBe('again');
    expect(state(...first, scanned('A', SAME_PASS_MS))).toBe('sending');
    expect(state(...first, scanned('B', 1))).toBe('sending');
  });

  it('of the same pass is sent once more when that is asked for', () => {
    const events = [scanned('A'), accepted(), scanned('A', 1)];
    expect(state(...events)).toBe('again');
    expect(after(...events, { type: 'another', attempt: attempt('A', 'A2') }).effects).toEqual(['keep', 'send']);
    expect(after({ type: 'another', attempt: attempt('A') }).effects).toEqual([]);
  });

  it('of another pass while one is sent is not taken, and says so', () => {
    const held = after(scanned('A'), scanned('B', 1));
    expect(held.model.state).toMatchObject({ name: 'sending', held: true });
    expect(held.effects).toEqual(['cue held']);
    expect(held.model.state.name === 'sending' && held.model.state.attempt.id).toBe('A');
  });
});

describe('a camera', () => {
  it('that goes on seeing the pass that was taken does not take it again', () => {
    const first = [scanned('A', 0, 'camera'), accepted(), { type: 'dismissed' }] as const;
    expect(state(...first, scanned('A', STILL_THERE_MS - 1, 'camera'))).toBe('ready');
    // Each look counts anew from the last one.
    const looks = [STILL_THERE_MS - 1, 2 * STILL_THERE_MS - 3].map((at) => scanned('A', at, 'camera'));
    expect(state(...first, ...looks)).toBe('ready');
    expect(state(...first, scanned('A', STILL_THERE_MS, 'camera'))).toBe('again');
  });

  it('takes nothing while a result is shown, a hand scanner does', () => {
    const shown = [scanned('A'), accepted()];
    expect(state(...shown, scanned('B', 1, 'camera'))).toBe('accepted');
    expect(state(...shown, scanned('B', 1, 'wedge'))).toBe('sending');
  });
});

describe('a failure', () => {
  it('is tried again at once and quietly, and shown when it fails again', () => {
    const first = after(scanned('A'), answered('A', network));
    expect(first.model.state).toMatchObject({ name: 'unsent', quiet: true, tries: 1 });
    expect(first.effects).toEqual(['retry_in']);
    const second = after(scanned('A'), answered('A', network), { type: 'retry' }, answered('A', network));
    expect(second.model.state).toMatchObject({ name: 'unsent', quiet: false, tries: 2 });
    expect(second.effects).toEqual(['retry_in', 'cue unsent']);
  });

  it('keeps the same attempt, so that it counts once', () => {
    const again = after(scanned('A', 0, 'wedge', 'first'), answered('first', network), { type: 'retry' });
    expect(again.effects).toEqual(['send']);
    expect(again.model.state).toMatchObject({ name: 'sending', attempt: { id: 'first' }, tries: 2 });
    // The same pass scanned meanwhile is the same attempt too.
    const by_hand = after(scanned('A', 0, 'wedge', 'first'), answered('first', network), scanned('A', 1, 'wedge', 'second'));
    expect(by_hand.model.state).toMatchObject({ name: 'sending', attempt: { id: 'first' } });
  });

  it('for want of a log-in waits for a person, not for a clock', () => {
    const out = after(scanned('A'), answered('A', { kind: 'failed', cause: 'signed_out' }));
    expect(out.effects).toEqual(['cue unsent']);
    expect(state(scanned('A'), answered('A', network), { type: 'dismissed' })).toBe('unsent');
  });

  it('waits as long as the service asks', () => {
    const busy: Answer = { kind: 'failed', cause: 'busy', retryAfterMs: 30_000 };
    const { effects } = step(step(START, scanned('A')).model, answered('A', busy));
    expect(effects).toContainEqual({ type: 'retry_in', ms: 30_000 });
  });

  it('may be given up, and is then forgotten', () => {
    const given_up = after(scanned('A'), answered('A', network), { type: 'given_up' });
    expect([given_up.model.state.name, given_up.effects]).toEqual(['ready', ['forget']]);
    expect(after(scanned('A'), { type: 'given_up' }).effects).toEqual([]);
  });
});

describe('what came before', () => {
  it('is new again after an undo', () => {
    const undone = [scanned('A'), accepted(), { type: 'undone', seq: '9' }] as const;
    expect(state(...undone)).toBe('ready');
    expect(state(...undone, scanned('A', 1))).toBe('sending');
    expect(state(scanned('A'), accepted(), { type: 'undone', seq: '8' })).toBe('accepted');
  });

  it('goes on when the page opens again, after what is under way', () => {
    const resumed: Event = { type: 'resumed', attempt: attempt('B') };
    expect(after(resumed).effects).toEqual(['keep', 'send']);
    expect(after(scanned('A'), resumed).effects).toEqual([]);
  });

  it('is no success when it was reversed meanwhile', () => {
    const reversed = after(scanned('A'), answered('A', { kind: 'accepted', receipt: { ...receipt(), reversed: true } }));
    expect(reversed.effects).toEqual(['forget', 'cue refused']);
    expect(state(scanned('A'), answered('A', { kind: 'accepted', receipt: { ...receipt(), reversed: true } }),
      { type: 'dismissed' }, scanned('A', 1))).toBe('sending');
  });
});

describe('a workshop without network', () => {
  const taken = { request: 'A', venue: '1', workshops: 1, occurred_at: '2026-11-24T09:00:00Z', left: 4, typed: false };
  const recorded = answered('A', { kind: 'recorded', taken });

  it('is done when it is recorded, and asked for when it is there again', () => {
    const done = after(scanned('A'), recorded);
    expect([done.model.state.name, done.effects]).toEqual(['recorded', ['forget', 'cue recorded']]);
    expect(state(scanned('A'), recorded, { type: 'dismissed' }, scanned('A', 1))).toBe('again');
    expect(after(scanned('A'), recorded, { type: 'another', attempt: attempt('A', 'A2') }).effects).toEqual(['keep', 'send']);
    // There is nothing of the service's to undo yet.
    expect(state(scanned('A'), recorded, { type: 'undone', seq: '9' })).toBe('recorded');
  });

  it('that was kept nowhere is not forgotten, nor called a success, until it is given up', () => {
    const unkept = [scanned('A'), answered('A', { kind: 'unkept' })] as const;
    expect([state(...unkept), after(...unkept).effects]).toEqual(['unkept', ['cue unsent']]);
    expect(state(...unkept, { type: 'dismissed' })).toBe('unkept');
    expect(after(...unkept, scanned('B', 1)).effects).toEqual(['cue held']);
    expect(after(...unkept, { type: 'unreadable' }).effects).toEqual(['cue held']);
    const again = after(...unkept, { type: 'retry' });
    expect([again.model.state.name, again.effects]).toEqual(['sending', ['keep', 'send']]);
    expect(after(...unkept, { type: 'given_up' }).effects).toEqual(['forget']);
  });
});

it('an unreadable code is said, and does not disturb what is being sent', () => {
  expect(state({ type: 'unreadable' })).toBe('unreadable');
  expect(after(scanned('A'), { type: 'unreadable' }).effects).toEqual(['cue held']);
});
