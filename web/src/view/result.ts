// What became of a scan, over the whole screen: word, colour, picture, what is left, why not.

import type { Receipt, Venue } from '../api/types.ts';
import type { Taken } from '../offline/recorder.ts';
import type { Standing } from '../offline/standing.ts';
import type { Attempt } from '../scan/attempt.ts';
import type { Done, State } from '../scan/machine.ts';
import type { Speech } from '../words/index.ts';
import { type Child, fill, h, icon, type Icon } from './dom.ts';

export interface ResultWishes {
  dismiss(): void;
  retry(): void;
  giveUp(): void;
  /** The same pass again, for so many workshops. */
  another(attempt: Attempt, workshops: number): void;
  undo(receipt: Receipt): void;
}

type Look = 'accepted' | 'recorded' | 'refused' | 'asking' | 'unsent' | 'sending';

interface Sheet {
  readonly look: Look;
  readonly picture: Icon;
  readonly word: string;
  readonly facts: readonly Child[];
  readonly actions: readonly Child[];
}

/** A tap or Enter that was meant for what was there before. */
const DEAF_MS = 400;

export class ResultView {
  readonly element: HTMLDialogElement;
  readonly #body = h('div', { class: 'sheet', tabindex: '-1', role: 'group',
    'aria-labelledby': 'result-word', 'aria-describedby': 'result-facts' });
  readonly #speech: Speech;
  readonly #venue: () => Venue | undefined;
  readonly #standing: () => Standing | undefined;
  readonly #wishes: ResultWishes;
  #shownAt = 0;

  constructor(
    speech: Speech, venue: () => Venue | undefined, standing: () => Standing | undefined, wishes: ResultWishes,
  ) {
    this.#speech = speech;
    this.#venue = venue;
    this.#standing = standing;
    this.#wishes = wishes;
    this.element = h('dialog', {
      class: 'result', 'aria-labelledby': 'result-word',
      oncancel: (event) => { event.preventDefault(); this.#dismiss(); },
      onclick: (event) => { if (!onControl(event)) this.#dismiss(); },
      onkeydown: (event) => {
        if (event instanceof KeyboardEvent && event.key === 'Enter' && !onControl(event)) this.#dismiss();
      },
    }, this.#body);
  }

  show(state: State): void {
    const sheet = this.#sheet(state);
    if (!sheet) {
      this.element.close();
      fill(this.#body);
      return;
    }
    const { look, picture, word, facts, actions } = sheet;
    this.element.dataset['look'] = look;
    this.element.dataset['state'] = state.name;
    fill(this.#body, h('div', { class: 'picture' }, icon(picture)),
      h('h1', { id: 'result-word' }, word),
      h('div', { id: 'result-facts' }, ...facts),
      h('div', { class: 'actions' }, ...actions));
    if (!this.element.open) this.element.showModal();
    this.#shownAt = performance.now();
    this.#body.focus();
  }

  #dismiss(): void {
    if (performance.now() - this.#shownAt > DEAF_MS) this.#wishes.dismiss();
  }

  #sheet(state: State): Sheet | undefined {
    const { say } = this.#speech;
    switch (state.name) {
      case 'ready': return undefined;
      case 'sending': return this.#sending(state.held);
      case 'unsent': return state.quiet ? this.#sending(state.held) : this.#unsent(state);
      case 'accepted': return state.receipt.reversed ? {
        look: 'asking', picture: 'undo', word: say('reversed'),
        facts: [p(say('reversed_text'))], actions: [this.#next()],
      } : this.#accepted(state.attempt, state.receipt);
      case 'recorded': return this.#recorded(state.attempt, state.taken);
      case 'unkept': return this.#unkept();
      case 'again': return this.#again(state);
      case 'refused': return this.#refused(state);
      case 'unreadable': return {
        look: 'refused', picture: 'no', word: say('unreadable'),
        facts: [p(say('unreadable_text'))], actions: [this.#next()],
      };
    }
  }

  #sending(held: boolean): Sheet {
    const { say } = this.#speech;
    return {
      look: 'sending', picture: 'wait', word: say('sending'),
      facts: [p(say('sending_text')), held ? this.#held() : undefined], actions: [],
    };
  }

  #held(): HTMLElement {
    return h('p', { class: 'held' }, this.#speech.say('held'));
  }

  #accepted(attempt: Attempt, receipt: Receipt): Sheet {
    const { say } = this.#speech;
    return {
      look: 'accepted', picture: 'yes', word: say('accepted'),
      facts: [
        p(say('accepted_count', { n: receipt.workshops })), ...this.#left(receipt),
        // Small, and about the venue alone: whoever holds the pass has done nothing wrong.
        receipt.held ? h('p', { class: 'fine', 'data-held': true }, say('accepted_held')) : undefined,
      ],
      actions: [
        this.#next(),
        receipt.left > 0 ? this.#another(attempt, 1, say('another')) : undefined,
        button('second', say('undo_this'), () => { this.#wishes.undo(receipt); }),
      ],
    };
  }

  /** Nobody has confirmed it: it says what it rests on. */
  #recorded(attempt: Attempt, { workshops, left, last_day, typed }: Taken): Sheet {
    const { say } = this.#speech;
    const kept = h('p', { class: 'fine' }, `${say('recorded_text')} ${say('recorded_undo')}`);
    if (typed) {
      return {
        look: 'unsent', picture: 'wait', word: say('claimed'),
        facts: [p(say('recorded_count', { n: workshops })), h('p', { class: 'left' }, say('claimed_text')), kept],
        actions: [this.#next()],
      };
    }
    return {
      look: 'recorded', picture: 'yes', word: say('recorded'),
      facts: [
        p(say('recorded_count', { n: workshops })),
        left === undefined ? undefined
          : h('p', { class: 'left' }, left > 0 ? say('recorded_left', { n: left }) : say('recorded_none')),
        last_day === undefined || left === 0 ? undefined : p(say('until', { day: this.#speech.day(last_day) })),
        ...this.#knownFor(), kept,
      ],
      actions: [this.#next(), left !== undefined && left > 0 ? this.#another(attempt, 1, say('another')) : undefined],
    };
  }

  #knownFor(): Child[] {
    const { say } = this.#speech;
    const { ageMs, freshness, riskDays = 0 } = this.#standing() ?? {};
    return [
      ageMs === undefined ? undefined : h('p', { class: 'fine' }, say('recorded_age', { age: this.#speech.age(ageMs) })),
      freshness === 'risky' ? h('p', { class: 'held' }, say('recorded_risk', { n: riskDays })) : undefined,
    ];
  }

  #unkept(): Sheet {
    const { say } = this.#speech;
    const wishes = this.#wishes;
    return {
      look: 'refused', picture: 'no', word: say('unkept'),
      facts: [h('p', { class: 'left' }, say('unkept_text')), p(say('unkept_do'))],
      actions: [
        button('', say('try_again'), () => { wishes.retry(); }),
        button('second', say('give_up'), () => { wishes.giveUp(); }),
      ],
    };
  }

  #again(done: Done): Sheet {
    const { attempt } = done;
    if ('receipt' in done) return this.#againOnline(attempt, done.receipt);
    const { say } = this.#speech;
    const { occurred_at, left } = done.taken;
    return {
      look: 'asking', picture: 'ask', word: say('again'),
      facts: [p(say('again_text', { time: this.#speech.time(occurred_at) })),
        left === undefined ? undefined : p(left > 0 ? say('recorded_left', { n: left }) : say('recorded_none'))],
      actions: [this.#next(), left === 0 ? undefined : this.#another(attempt, 1, say('another'))],
    };
  }

  #againOnline(attempt: Attempt, receipt: Receipt): Sheet {
    const { say } = this.#speech;
    const time = this.#speech.time(receipt.occurred_at);
    return {
      look: 'asking', picture: 'ask', word: say('again'),
      facts: receipt.left > 0
        ? [p(say('again_text', { time })), ...this.#left(receipt)]
        : [p(say('at_time', { time })), p(say('left_none'))],
      actions: [this.#next(), receipt.left > 0 ? this.#another(attempt, 1, say('another')) : undefined],
    };
  }

  #left({ left, last_day }: Receipt): Child[] {
    const { say } = this.#speech;
    if (left === 0) return [h('p', { class: 'left' }, say('left_none'))];
    return [h('p', { class: 'left' }, say('left', { n: left })),
      p(say('until', { day: this.#speech.day(last_day) }))];
  }

  #refused({ attempt, problem }: State & { name: 'refused' }): Sheet {
    const { say } = this.#speech;
    const { detail, at, venue, left = 0 } = problem;
    const here = this.#venue();
    // Fewer workshops than were asked for: one touch takes what there is.
    const rest = left > 0 && left < attempt.redeeming.workshops
      ? this.#another(attempt, left, say('take_left', { n: left })) : undefined;
    return {
      look: 'refused', picture: 'no', word: say('refused'),
      facts: [
        h('p', { class: 'left' }, detail),
        at === undefined ? undefined : p(say('refused_when', { when: this.#speech.moment(at) })),
        venue === undefined ? undefined
          : p(venue === here?.id ? say('refused_here', { venue: here.name }) : say('refused_elsewhere')),
        left > 0 && !rest ? p(say('left', { n: left })) : undefined,
        ...(problem.offline === true ? [h('p', { class: 'fine' }, say('refused_offline')), ...this.#knownFor().slice(0, 1)] : []),
      ],
      actions: [this.#next(), rest],
    };
  }

  #unsent({ cause, detail, held }: State & { name: 'unsent' }): Sheet {
    const { say } = this.#speech;
    const wishes = this.#wishes;
    const first = cause === 'signed_out'
      ? h('a', { class: 'button', href: '/login?next=/scan' }, say('sign_in_link'))
      : button('', say('try_again'), () => { wishes.retry(); });
    return {
      look: 'unsent', picture: 'cut', word: say('unsent'),
      facts: [
        h('p', { class: 'left' }, detail ?? say(`unsent_${cause}`)), p(say('unsent_text')),
        held ? this.#held() : undefined,
      ],
      actions: [first, button('second', say('give_up'), () => { wishes.giveUp(); })],
    };
  }

  #next(): HTMLElement {
    return button('', this.#speech.say('next'), () => { this.#wishes.dismiss(); });
  }

  #another(attempt: Attempt, workshops: number, label: string): HTMLElement {
    return button('second', label, () => { this.#wishes.another(attempt, workshops); });
  }
}

function p(text: string): HTMLElement {
  return h('p', {}, text);
}

function button(kind: string, label: string, onclick: () => void): HTMLElement {
  return h('button', { type: 'button', class: kind, onclick }, label);
}

function onControl(event: Event): boolean {
  return event.target instanceof Element && event.target.closest('button, a') !== null;
}
