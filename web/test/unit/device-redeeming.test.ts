// When a device decides by itself, and when it must not.

import { expect, it, vi } from 'vitest';
import { ask } from '../../src/api/http.ts';
import type { Recorded } from '../../src/offline/recorder.ts';
import type { Attempt } from '../../src/scan/attempt.ts';
import { redeem } from '../../src/scan/device-redeeming.ts';
import type { Answer } from '../../src/scan/machine.ts';
import { Speech } from '../../src/words/index.ts';

const attempt: Attempt = { id: 'A', by: 'device:12', madeAt: 0, redeeming: { venue: '1', code: 'ABCD-EFGH-JKMN', workshops: 1 } };
const taken = { request: 'A', venue: '1', workshops: 1, occurred_at: '2026-11-24T09:00:00Z', typed: true };
const receipt = {
  id: 'A', seq: '9', voucher: '5', venue: '1', workshops: 1, left: 4, last_day: '2027-01-31', occurred_at: '2026-11-24T09:00:00Z', reversed: false,
  held: false,
};
const lost: Answer = { kind: 'failed', cause: 'timeout' };

/** What became of it, and what was asked of whom. */
async function run(answers: readonly Answer[], recorded: Recorded = { kind: 'recorded', taken }, reachable = true): Promise<[Answer, string[]]> {
  const asked: string[] = [];
  const left = [...answers];
  const answer = await redeem(
    { redeem: ({ id }) => { asked.push(`online ${id}`); return Promise.resolve(left.shift() ?? lost); } },
    {
      reachable,
      heard: (there) => { asked.push(there ? 'there' : 'gone'); },
      take: ({ id }) => { asked.push(`offline ${id}`); return Promise.resolve(recorded); },
      counted: () => { asked.push('counted'); return Promise.resolve(); },
    },
    () => new Speech('fr'), attempt,
  );
  return [answer, asked];
}

it('what the service answers counts, and is remembered as spent', async () => {
  expect(await run([{ kind: 'accepted', receipt }])).toEqual([{ kind: 'accepted', receipt }, ['online A', 'there', 'counted']]);
  expect((await run([lost, { kind: 'accepted', receipt }]))[1]).toEqual(['online A', 'online A', 'there', 'counted']);
});

it('without an answer it is tried twice, then recorded under the same id', async () => {
  expect(await run([lost, { kind: 'failed', cause: 'busy' }])).toEqual([{ kind: 'recorded', taken }, ['online A', 'online A', 'gone', 'offline A']]);
});

it('where the service was not there a moment ago nobody waits for it', async () => {
  expect((await run([], undefined, false))[1]).toEqual(['gone', 'offline A']);
});

it('what the service refuses, limits or wants a sign-in for is not taken by the back door', async () => {
  const problem = { status: 409, reason: 'voucher_expired', detail: 'Trop tard.' };
  for (const answer of [
    { kind: 'refused', problem }, { kind: 'failed', cause: 'busy', limited: true }, { kind: 'failed', cause: 'signed_out' },
    { kind: 'failed', cause: 'forbidden' },
  ] as const) expect(await run([answer])).toEqual([answer, ['online A', 'there']]);
});

it('too many requests are told from a service that is unwell', async () => {
  const body = JSON.stringify({ status: 429, reason: 'too_many_requests', detail: 'Trop.' });
  const answering = (status: number): void => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response(body, { status, headers: { 'Content-Type': 'application/problem+json' } })));
  };
  answering(429);
  expect(await ask({ method: 'GET', path: '/' }, () => 1)).toMatchObject({ cause: 'busy', limited: true });
  answering(503);
  expect(await ask({ method: 'GET', path: '/' }, () => 1)).toMatchObject({ cause: 'busy', limited: false });
});

it('a refusal of the device’s own has the service’s words, and the facts', async () => {
  const [answer] = await run([], { kind: 'refused', refusal: { kind: 'refused', reason: 'workshops_insufficient', left: 2 } }, false);
  expect(answer).toMatchObject({ kind: 'refused', problem: {
    reason: 'workshops_insufficient', left: 2, offline: true, detail: 'Il ne reste que 2 ateliers sur ce pass.',
  } });
  const [unknown] = await run([], { kind: 'refused', refusal: { kind: 'refused', reason: 'something_new' } }, false);
  expect(unknown).toMatchObject({ problem: { detail: 'Le service a dit non.' } });
});
