// The operations of the API that a scanner needs, each as one function.

import type { Attempt } from '../scan/attempt.ts';
import type { Answer } from '../scan/machine.ts';
import { ask, type Asking, type Outcome } from './http.ts';
import type { Tokens } from './session.ts';
import {
  type Me, type OwnDevice, type Page, type Parse, parseMe, parseOwnDevice, parsePage, parseReceipt, parseRedemption, parseReversed,
  parseVenue, type Redemption, type Reversed, type Venue,
} from './types.ts';

const PAGE = 200;
/** More venues or workshops a day than anybody has. */
const MOST_PAGES = 5;

export class Service {
  readonly #tokens: Tokens;
  readonly #language: () => string;

  constructor(tokens: Tokens, language: () => string) {
    this.#tokens = tokens;
    this.#language = language;
  }

  /** For a device: who it is, and where it takes workshops. */
  ownDevice(): Promise<Outcome<OwnDevice>> {
    return this.#call({ method: 'GET', path: '/v1/devices/self' }, parseOwnDevice);
  }

  /** For a device: what its supervisor sees of it. */
  report(version: string, queued: number): Promise<Outcome<unknown>> {
    const body = { version, queued };
    return this.#call({ method: 'POST', path: '/v1/devices/self/report', body }, (value) => value ?? {});
  }

  whoami(): Promise<Outcome<Me>> {
    return this.#call({ method: 'GET', path: '/v1/auth/whoami' }, parseMe);
  }

  venues(): Promise<Outcome<readonly Venue[]>> {
    return this.#all('/v1/venues?', parseVenue, () => true);
  }

  /** Of one venue since a moment, the newest first. */
  redemptions(venue: string, since: Date): Promise<Outcome<readonly Redemption[]>> {
    const path = `/v1/redemptions?venue=${encodeURIComponent(venue)}&`;
    return this.#all(path, parseRedemption, (one) => new Date(one.occurred_at) >= since);
  }

  async redeem(attempt: Attempt): Promise<Answer> {
    const body = { id: attempt.id, ...attempt.redeeming };
    const outcome = await this.#call({ method: 'POST', path: '/v1/redemptions', body }, parseReceipt);
    if (outcome.kind === 'ok') return { kind: 'accepted', receipt: outcome.value };
    if (outcome.kind === 'problem') return { kind: 'refused', problem: outcome.problem };
    return outcome;
  }

  /** `key` is the same on every repetition of one undo. */
  reverse(seq: string, key: string): Promise<Outcome<Reversed>> {
    const path = `/v1/redemptions/${encodeURIComponent(seq)}/reversal`;
    return this.#call({ method: 'POST', path, headers: { 'Idempotency-Key': key } }, parseReversed);
  }

  async #all<T>(path: string, item: Parse<T>, wanted: (one: T) => boolean): Promise<Outcome<T[]>> {
    const found: T[] = [];
    let after = '';
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const asking: Asking = { method: 'GET', path: `${path}limit=${PAGE}${after}` };
      const outcome: Outcome<Page<T>> = await this.#call(asking, parsePage(item));
      if (outcome.kind !== 'ok') return outcome;
      const { items, next } = outcome.value;
      const fitting = items.filter(wanted);
      found.push(...fitting);
      if (next === undefined || fitting.length < items.length) break;
      after = `&after=${encodeURIComponent(next)}`;
    }
    return { kind: 'ok', value: found };
  }

  /** With the token, and once more with a new one if it was not accepted. */
  async #call<T>(asking: Asking, parse: Parse<T>): Promise<Outcome<T>> {
    const first = await this.#tokens.token();
    if (first.kind !== 'ok') return first;
    const outcome = await this.#with(first.value, asking, parse);
    if (outcome.kind !== 'failed' || outcome.cause !== 'signed_out') return outcome;
    this.#tokens.drop(first.value);
    const second = await this.#tokens.token();
    return second.kind === 'ok' ? this.#with(second.value, asking, parse) : second;
  }

  #with<T>(token: string, asking: Asking, parse: Parse<T>): Promise<Outcome<T>> {
    const headers = {
      ...asking.headers,
      Authorization: `Bearer ${token}`,
      'Accept-Language': this.#language(),
    };
    return ask({ ...asking, headers }, parse);
  }
}
