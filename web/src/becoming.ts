// How this browser becomes a device, another one or none: by a supervisor's QR, or by giving up.
// No scanning here.

import { enrol, type Enrolled, type Link, linkIn } from './device/enrolment.ts';
import { forgetIdentity, type Identity } from './device/identity.ts';
import type { Database } from './offline/database.ts';
import type { Offline } from './offline/offline.ts';
import type { Preferences } from './scan/preferences.ts';
import { EnrolView } from './view/enrol.ts';
import type { Speech } from './words/index.ts';

/** What this browser keeps, and which device it is, if it is one. */
export interface Kept {
  readonly database: Database | undefined;
  readonly identity: Identity | undefined;
}

export class Becoming {
  readonly #kept: Kept;
  readonly #preferences: Preferences;
  readonly #offline: Offline | undefined;
  /** From a supervisor's QR; it leaves the address at once, and with it the browser's history. */
  #link: Link | undefined;

  constructor(kept: Kept, preferences: Preferences, offline: Offline | undefined) {
    this.#kept = kept;
    this.#preferences = preferences;
    this.#offline = offline;
  }

  takeLink(): void {
    const link = linkIn(location.hash);
    if (!link) return;
    this.#link = link;
    history.replaceState(null, '', '#enrol');
  }

  get invited(): boolean {
    return this.#link !== undefined;
  }

  /** Its page; none without a link. */
  page(speech: Speech): HTMLElement | undefined {
    const link = this.#link;
    if (!link) return undefined;
    return new EnrolView(speech, {
      before: this.#kept.identity?.name,
      enrol: () => this.#enrol(link, speech.language),
      goOn: () => { this.#beginAnew(); },
    }).element;
  }

  /** What waits is of the device that this browser is now: only its key can hand it over. */
  async #enrol(link: Link, language: string): Promise<Enrolled> {
    if (this.#offline && await this.#offline.waiting() > 0) {
      await this.#offline.refresh();
      if (await this.#offline.waiting() > 0) return { kind: 'failed', why: 'records_wait' };
    }
    return enrol(this.#kept.database, link, language);
  }

  async forget(): Promise<void> {
    if (this.#kept.database) await forgetIdentity(this.#kept.database);
    this.#beginAnew();
  }

  /** As another: a device, or nobody in particular. */
  #beginAnew(): void {
    this.#preferences.venue = undefined;
    location.hash = '#scan';
    location.reload();
  }
}
