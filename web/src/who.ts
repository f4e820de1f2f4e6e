// Who scans here and where: a person by their session, or this device by its own account; and what
// stands in the way, if anything does.

import type { Outcome } from './api/http.ts';
import { type OwnDevice, saysRevoked } from './api/own-device.ts';
import type { Service } from './api/service.ts';
import type { Me, Venue } from './api/types.ts';
import type { Identity } from './device/identity.ts';
import type { Preferences } from './scan/preferences.ts';
import type { Notice } from './view/notices.ts';

export class Who {
  me: Me | undefined;
  venues: readonly Venue[] = [];
  readonly #identity: Identity | undefined;
  readonly #preferences: Preferences;

  constructor(identity: Identity | undefined, preferences: Preferences) {
    this.#identity = identity;
    this.#preferences = preferences;
  }

  /** From what is kept here, before anybody was asked; `knows`: a device that works without network. */
  remembered(knows: boolean): Notice | undefined {
    const identity = this.#identity;
    this.me = identity ? asMe(identity) : this.#preferences.me;
    if (identity && knows) return identity.revoked === true ? 'revoked' : this.#is(asMe(identity), identity.venues);
    const { venue } = this.#preferences;
    if (!this.me || !venue) return 'loading';
    this.venues = [venue];
    return undefined;
  }

  async person(service: Service): Promise<Notice | undefined> {
    const [me, venues] = await Promise.all([service.whoami(), service.venues()]);
    for (const outcome of [me, venues]) {
      if (outcome.kind === 'failed' && outcome.cause === 'signed_out') return 'sign_in';
      if (outcome.kind === 'failed' && outcome.cause === 'forbidden') return 'forbidden';
      if (outcome.kind === 'problem') return 'forbidden';
    }
    if (me.kind !== 'ok' || venues.kind !== 'ok') {
      // What is remembered is enough to scan, and to keep what was scanned.
      return this.me && this.#preferences.venue ? undefined : 'unreachable';
    }
    this.#preferences.me = me.value;
    return this.#is(me.value, venues.value);
  }

  /** What the service says of this device. */
  device(own: Outcome<OwnDevice>): Notice | undefined {
    if (saysRevoked(own)) return 'revoked';
    if (own.kind !== 'ok') return this.#preferences.venue ? undefined : 'unreachable';
    return this.#is(asMe(own.value), own.value.venues);
  }

  #is(me: Me, venues: readonly Venue[]): Notice | undefined {
    this.me = me;
    this.venues = venues.filter((venue) => venue.active);
    const chosen = this.#preferences.venue?.id;
    const only = this.venues.length === 1 ? this.venues[0] : undefined;
    this.#preferences.venue = this.venues.find((venue) => venue.id === chosen) ?? only;
    return this.venues.length === 0 ? 'no_venue' : undefined;
  }
}

/** Devices and people have numbers of their own. */
function asMe({ device, name }: { readonly device: string; readonly name: string }): Me {
  return { id: `device:${device}`, name };
}
