// What was redeemed today at this venue, each line with its undo.

import type { Outcome } from '../api/http.ts';
import type { Held, Redemption, Venue } from '../api/types.ts';
import type { Spend } from '../offline/spends.ts';
import type { Speech } from '../words/index.ts';
import { describeDelivery } from './choices.ts';
import { fill, h, icon } from './dom.ts';
import { ownHistory } from './own-history.ts';

export interface HistoryWishes {
  load(): Promise<Outcome<readonly Redemption[]>>;
  undo(redemption: Redemption): void;
  /** Of a device: what it took without network. */
  own(): Promise<readonly Spend[]>;
}

export class HistoryView {
  readonly element: HTMLElement;
  readonly #own = h('div', { class: 'history-list' });
  readonly #list = h('div', { class: 'history-list', 'aria-live': 'polite' });
  readonly #speech: Speech;
  readonly #wishes: HistoryWishes;

  constructor(speech: Speech, venue: Venue, wishes: HistoryWishes) {
    this.#speech = speech;
    this.#wishes = wishes;
    this.element = h('div', { class: 'narrow' },
      h('h1', { tabindex: '-1' }, speech.say('history_title')),
      h('p', { class: 'hint' }, venue.name), this.#own, this.#list);
    void this.load();
  }

  /** What needs no network. */
  async loadOwn(): Promise<void> {
    const own = await this.#wishes.own().catch(() => []);
    const today = new Date().setHours(0, 0, 0, 0);
    fill(this.#own, ownHistory(this.#speech, own, today));
  }

  async load(): Promise<void> {
    const { say } = this.#speech;
    void this.loadOwn();
    if (!this.#list.hasChildNodes()) fill(this.#list, h('p', {}, say('loading')));
    const outcome = await this.#wishes.load();
    if (outcome.kind === 'ok') {
      fill(this.#list, ...this.#lines(outcome.value));
      return;
    }
    if (outcome.kind === 'failed' && outcome.cause === 'network' && !navigator.onLine) {
      fill(this.#list, h('p', {}, say('history_offline')));
      return;
    }
    const detail = outcome.kind === 'problem' ? outcome.problem.detail : outcome.detail;
    fill(this.#list, h('p', { class: 'wrong' }, detail ?? say('history_failed')),
      h('button', { type: 'button', onclick: () => { void this.load(); } }, say('try_again')));
  }

  #lines(redemptions: readonly Redemption[]): HTMLElement[] {
    const { say } = this.#speech;
    if (redemptions.length === 0) return [h('p', {}, say('history_empty'))];
    const counted = redemptions.filter((one) => !one.reversed);
    const total = counted.reduce((sum, one) => sum + one.workshops, 0);
    return [
      h('p', { class: 'total' }, say('history_total', { n: total })),
      h('ol', {}, ...redemptions.map((one) => this.#line(one))),
    ];
  }

  #line(one: Redemption): HTMLElement {
    const { say } = this.#speech;
    const time = this.#speech.time(one.occurred_at);
    const delivery = describeDelivery(one.delivery, this.#speech);
    return h('li', { class: one.reversed ? 'reversed' : '', 'data-seq': one.seq },
      h('time', { datetime: one.occurred_at }, time),
      h('div', { class: 'what' },
        h('span', {}, say('workshops_count', { n: one.workshops })),
        h('span', { class: 'hint' }, [delivery, say('history_number', { seq: one.seq })]
          .filter((part) => part !== '').join(' · ')),
        one.contested ? h('span', {}, say('history_contested')) : undefined,
        one.held && !one.reversed ? h('span', { 'data-held': one.held.state }, heldWords(this.#speech, one.held)) : undefined),
      one.reversed
        ? h('span', { class: 'tag' }, say('history_reversed'))
        : h('button', {
          type: 'button', class: 'second', 'aria-label': say('undo_of', { time }),
          onclick: () => { this.#wishes.undo(one); },
        }, icon('undo'), say('undo')));
  }
}

/** Why its payment waits; of a cause that this version does not know, that there is one. */
export function heldWords({ say, has }: Speech, { state, causes }: Held): string {
  if (state === 'released') return say('history_released');
  const why = causes.map((cause) => `held_${cause}`).map((key) => say(has(key) ? key : 'held_other'));
  return say('history_held', { why: [...new Set(why)].join(', ') });
}
