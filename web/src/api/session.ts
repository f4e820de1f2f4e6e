// The short token of whoever calls. It stays in memory only.

import { ask, type Outcome } from './http.ts';
import { parseToken, type Token } from './types.ts';

/** Whose calls these are: a person's by their session, or a device's by its key. */
export interface Tokens {
  /** A token that lasts for a while. */
  token(): Promise<Outcome<string>>;
  /** Forgets a token that was not accepted, unless another came meanwhile. */
  drop(token: string): void;
}

/** A token this close to its end is not worth starting with. */
const MARGIN_MS = 60_000;

/** Keeps a token for its life; several callers at once share one request for the next. */
export class Fresh implements Tokens {
  #token: string | undefined;
  #until = 0;
  #asking: Promise<Outcome<string>> | undefined;
  readonly #next: () => Promise<Outcome<Token>>;
  readonly #now: () => number;

  constructor(next: () => Promise<Outcome<Token>>, now: () => number = () => performance.now()) {
    this.#next = next;
    this.#now = now;
  }

  async token(): Promise<Outcome<string>> {
    if (this.#token !== undefined && this.#now() < this.#until) {
      return { kind: 'ok', value: this.#token };
    }
    this.#asking ??= this.#ask().finally(() => { this.#asking = undefined; });
    return this.#asking;
  }

  drop(token: string): void {
    if (this.#token === token) this.#token = undefined;
  }

  async #ask(): Promise<Outcome<string>> {
    const outcome = await this.#next();
    if (outcome.kind !== 'ok') return outcome;
    const { access_token, expires_in } = outcome.value;
    this.#token = access_token;
    // A very short life is used to its half rather than never.
    const life = expires_in * 1000;
    this.#until = this.#now() + Math.max(life - MARGIN_MS, life / 2);
    return { kind: 'ok', value: access_token };
  }
}

/** Of whoever is logged in, by the session's cookie. */
export class Session implements Tokens {
  readonly #fresh: Fresh;

  constructor(language: () => string, now?: () => number) {
    this.#fresh = new Fresh(() => asPerson(language()), now);
  }

  token(): Promise<Outcome<string>> {
    return this.#fresh.token();
  }

  drop(token: string): void {
    this.#fresh.drop(token);
  }
}

async function asPerson(language: string): Promise<Outcome<Token>> {
  const outcome = await ask({
    method: 'POST',
    path: '/session/token',
    headers: { 'X-Requested-With': 'scan', 'Accept-Language': language },
  }, parseToken);
  if (outcome.kind === 'problem' && outcome.problem.status === 403) {
    return { kind: 'failed', cause: 'forbidden', detail: outcome.problem.detail };
  }
  return outcome;
}
