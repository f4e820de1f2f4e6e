// How a device redeems: with network if there is any, else by itself, under the same request id.

import { answered } from '../api/http.ts';
import type { Service } from '../api/service.ts';
import type { Problem } from '../api/types.ts';
import type { Decision } from '../offline/decide.ts';
import type { Offline } from '../offline/offline.ts';
import { instant } from '../offline/record.ts';
import type { Key, Speech } from '../words/index.ts';
import type { Attempt } from './attempt.ts';
import type { Answer } from './machine.ts';

/** Somebody stands at the counter: two tries take no longer than this twice. */
const TRY_MS = 5_000;
const TRIES = 2;

export async function redeem(
  service: Pick<Service, 'redeem'>, offline: Pick<Offline, 'reachable' | 'heard' | 'take' | 'counted'>, speech: () => Speech, attempt: Attempt,
): Promise<Answer> {
  for (let tries = 0; tries < TRIES && offline.reachable; tries += 1) {
    const answer = await service.redeem(attempt, TRY_MS);
    // Of what the service said, or of who may not ask, nothing is made here: a limit against
    // guessing would be none if a code that it stops became a claim.
    if (answered(answer)) {
      offline.heard(true);
      if (answer.kind === 'accepted') await offline.counted(attempt, answer.receipt).catch(() => undefined);
      return answer;
    }
  }
  offline.heard(false);
  const recorded = await offline.take(attempt);
  if (recorded.kind !== 'refused') return recorded;
  return { kind: 'refused', problem: problemOf(recorded.refusal, speech()) };
}

/** The same words as online, where they are the same. */
function problemOf(refusal: Decision & { readonly kind: 'refused' }, speech: Speech): Problem {
  const { reason, left, day, at, venue, limit } = refusal;
  const filling = {
    n: left ?? 0, ...(day === undefined ? {} : { day: speech.day(day) }), ...(limit === undefined ? {} : { limit }),
  };
  return {
    status: 409, reason, detail: speech.say(whyKey(speech, reason), filling), offline: true,
    ...(left === undefined ? {} : { left }), ...(day === undefined ? {} : { day }),
    ...(at === undefined ? {} : { at: instant(at) }), ...(venue === undefined ? {} : { venue }),
  };
}

/** The sentence of a reason; of one that this version does not know, that there is one. */
export function whyKey(speech: Speech, reason: string): Key {
  const key = `why_${reason}`;
  return speech.has(key) ? key : 'why_other';
}
