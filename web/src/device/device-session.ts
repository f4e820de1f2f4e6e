// The short token of this device, for a challenge that it signs. It stays in memory only.

import { ask, type Outcome } from '../api/http.ts';
import { Fresh, type Tokens } from '../api/session.ts';
import { parseChallenge, parseToken, type Token } from '../api/types.ts';
import type { Identity } from './identity.ts';
import { sign } from './signing.ts';

const PURPOSE = 'pass-numerique/device/sign-in/1';

export class DeviceSession implements Tokens {
  readonly #fresh: Fresh;

  constructor(identity: Identity, language: () => string) {
    this.#fresh = new Fresh(() => signIn(identity, language()));
  }

  token(): Promise<Outcome<string>> {
    return this.#fresh.token();
  }

  drop(token: string): void {
    this.#fresh.drop(token);
  }
}

async function signIn(identity: Identity, language: string): Promise<Outcome<Token>> {
  const { device, key } = identity;
  const headers = { 'Accept-Language': language };
  const asked = await ask({
    method: 'POST', path: '/v1/devices/challenge', headers, body: { device },
  }, parseChallenge);
  if (asked.kind !== 'ok') return asked;
  const { challenge } = asked.value;
  const signature = await sign(key.signs, PURPOSE, device, challenge);
  return ask({
    method: 'POST', path: '/v1/devices/session', headers, body: { device, challenge, signature },
  }, parseToken);
}
