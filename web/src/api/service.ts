// The operations of the API that a scanner needs, each as one function.

import type { Attempt } from '../scan/attempt.ts';
import type { Answer } from '../scan/machine.ts';
import { type Decision, parseDecisions } from '../offline/decisions.ts';
import { parseSynced, type Synced } from '../offline/sync.ts';
import { ask, askBytes, type Asking, type Outcome } from './http.ts';
import { type OwnDevice, parseOwnDevice } from './own-device.ts';
import type { Tokens } from './session.ts';
import {
  type Me, type Page, type Parse, parseMe, parsePage, parseReceipt, parseRedemption, parseReversed, parseVenue, type Redemption,
  type Reversed, type Venue,
} from './types.ts';

/** For what is large, on a bad line. */
const LARGE_MS = 60_000;
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
    return this.#asked({ method: 'GET', path: '/v1/devices/self' }, parseOwnDevice);
  }

  /** For a device: what its supervisor sees of it. */
  report(version: string, queued: number): Promise<Outcome<unknown>> {
    const body = { version, queued };
    return this.#asked({ method: 'POST', path: '/v1/devices/self/report', body }, (value) => value ?? {});
  }

  /** For a device: a page of its feed. */
  feed(query: string): Promise<Outcome<Uint8Array<ArrayBuffer>>> {
    const asking: Asking = { method: 'GET', path: `/v1/feed${query}`, timeoutMs: LARGE_MS };
    return this.#call(asking, (with_token) => askBytes(with_token, 'application/octet-stream'));
  }

  /** For a device: hands records over. */
  sync(records: readonly object[]): Promise<Outcome<Synced>> {
    const asking: Asking = { method: 'POST', path: '/v1/sync', body: { records }, timeoutMs: LARGE_MS };
    return this.#asked(asking, parseSynced);
  }

  /** For a device: what was decided about records that were put aside. */
  decisions(sequences: readonly number[]): Promise<Outcome<readonly Decision[]>> {
    return this.#asked({ method: 'GET', path: `/v1/devices/self/decisions?sequences=${sequences.join(',')}` }, parseDecisions);
  }

  whoami(): Promise<Outcome<Me>> {
    return this.#asked({ method: 'GET', path: '/v1/auth/whoami' }, parseMe);
  }

  venues(): Promise<Outcome<readonly Venue[]>> {
    return this.#all('/v1/venues?', parseVenue, () => true);
  }

  /** Of one venue since a moment, the newest first. */
  redemptions(venue: string, since: Date): Promise<Outcome<readonly Redemption[]>> {
    const path = `/v1/redemptions?venue=${encodeURIComponent(venue)}&`;
    return this.#all(path, parseRedemption, (one) => new Date(one.occurred_at) >= since);
  }

  async redeem(attempt: Attempt, timeoutMs?: number): Promise<Answer> {
    const body = { id: attempt.id, ...attempt.redeeming };
    const limit = timeoutMs === undefined ? {} : { timeoutMs };
    const outcome = await this.#asked({ method: 'POST', path: '/v1/redemptions', body, ...limit }, parseReceipt);
    if (outcome.kind === 'ok') return { kind: 'accepted', receipt: outcome.value };
    if (outcome.kind === 'problem') return { kind: 'refused', problem: outcome.problem };
    return outcome;
  }

  /** `key` is the same on every repetition of one undo. */
  reverse(seq: string, key: string): Promise<Outcome<Reversed>> {
    const path = `/v1/redemptions/${encodeURIComponent(seq)}/reversal`;
    return this.#asked({ method: 'POST', path, headers: { 'Idempotency-Key': key } }, parseReversed);
  }

  async #all<T>(path: string, item: Parse<T>, wanted: (one: T) => boolean): Promise<Outcome<T[]>> {
    const found: T[] = [];
    let after = '';
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const asking: Asking = { method: 'GET', path: `${path}limit=${PAGE}${after}` };
      const outcome: Outcome<Page<T>> = await this.#asked(asking, parsePage(item));
      if (outcome.kind !== 'ok') return outcome;
      const { items, next } = outcome.value;
      const fitting = items.filter(wanted);
      found.push(...fitting);
      if (next === undefined || fitting.length < items.length) break;
      after = `&after=${encodeURIComponent(next)}`;
    }
    return { kind: 'ok', value: found };
  }

  #asked<T>(asking: Asking, parse: Parse<T>): Promise<Outcome<T>> {
    return this.#call(asking, (with_token) => ask(with_token, parse));
  }

  /** With the token, and once more with a new one if it was not accepted. */
  async #call<T>(asking: Asking, run: (asking: Asking) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const first = await this.#tokens.token();
    if (first.kind !== 'ok') return first;
    const outcome = await run(this.#with(first.value, asking));
    if (outcome.kind !== 'failed' || outcome.cause !== 'signed_out') return outcome;
    this.#tokens.drop(first.value);
    const second = await this.#tokens.token();
    return second.kind === 'ok' ? run(this.#with(second.value, asking)) : second;
  }

  #with(token: string, asking: Asking): Asking {
    const headers = {
      ...asking.headers, Authorization: `Bearer ${token}`, 'Accept-Language': this.#language(),
    };
    return { ...asking, headers };
  }
}
