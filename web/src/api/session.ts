// The short token of whoever is logged in, by the session's cookie. It stays in memory only.

import { ask, type Outcome } from './http.ts';
import { parseToken } from './types.ts';

/** A token this close to its end is not worth starting with. */
const MARGIN_MS = 60_000;

export class Session {
  #token: string | undefined;
  #until = 0;
  #asking: Promise<Outcome<string>> | undefined;
  readonly #language: () => string;
  readonly #now: () => number;

  constructor(language: () => string, now: () => number = () => performance.now()) {
    this.#language = language;
    this.#now = now;
  }

  /** A token that lasts for a while; several callers at once share one request. */
  async token(): Promise<Outcome<string>> {
    if (this.#token !== undefined && this.#now() < this.#until) {
      return { kind: 'ok', value: this.#token };
    }
    this.#asking ??= this.#ask().finally(() => { this.#asking = undefined; });
    return this.#asking;
  }

  /** Forgets a token that was not accepted, unless another came meanwhile. */
  drop(token: string): void {
    if (this.#token === token) this.#token = undefined;
  }

  async #ask(): Promise<Outcome<string>> {
    const outcome = await ask({
      method: 'POST',
      path: '/session/token',
      headers: { 'X-Requested-With': 'scan', 'Accept-Language': this.#language() },
    }, parseToken);
    if (outcome.kind === 'problem' && outcome.problem.status === 403) {
      return { kind: 'failed', cause: 'forbidden', detail: outcome.problem.detail };
    }
    if (outcome.kind !== 'ok') return outcome;
    const { access_token, expires_in } = outcome.value;
    this.#token = access_token;
    // A very short life is used to its half rather than never.
    const life = expires_in * 1000;
    this.#until = this.#now() + Math.max(life - MARGIN_MS, life / 2);
    return { kind: 'ok', value: access_token };
  }
}
