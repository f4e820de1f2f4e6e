// The page that a supervisor's QR opens: what enrolling means, and what became of it.

import type { Enrolled } from '../device/enrolment.ts';
import type { Speech } from '../words/index.ts';
import { fill, h } from './dom.ts';

export interface EnrolWishes {
  /** The name under which this browser is enrolled already, if it is. */
  readonly before: string | undefined;
  enrol(): Promise<Enrolled>;
  goOn(): void;
}

export class EnrolView {
  readonly element = h('div', { class: 'narrow notice' });
  readonly #speech: Speech;
  readonly #wishes: EnrolWishes;

  constructor(speech: Speech, wishes: EnrolWishes) {
    this.#speech = speech;
    this.#wishes = wishes;
    const { before } = wishes;
    const { say } = speech;
    this.#draw(say('enrol'), [
      say('enrol_text'), ...(before === undefined ? [] : [say('enrol_again', { name: before })]),
    ], h('button', { type: 'button', onclick: () => { void this.#enrol(); } }, say('enrol_do')));
  }

  async #enrol(): Promise<void> {
    const { say } = this.#speech;
    fill(this.element, h('p', { role: 'status' }, say('enrolling')));
    const done = await this.#wishes.enrol();
    if (done.kind === 'enrolled') {
      this.#draw(say('enrolled'), [say('enrolled_text', { name: done.identity.name })],
        h('button', { type: 'button', onclick: this.#wishes.goOn }, say('enrolled_go_on')));
    } else if (done.kind === 'refused') {
      this.#draw(say('enrol_refused'), [done.detail, say('enrol_refused_do')]);
    } else {
      this.#draw(say('enrol_refused'), [say(`enrol_${done.why}`)], done.why === 'unreachable'
        ? h('button', { type: 'button', onclick: () => { void this.#enrol(); } }, say('try_again'))
        : undefined);
    }
    this.element.querySelector('h1')?.focus();
  }

  #draw(title: string, texts: readonly string[], action?: HTMLElement): void {
    fill(this.element, h('h1', { tabindex: '-1' }, title),
      ...texts.map((text) => h('p', {}, text)), action);
  }
}
