// The page that waits for a pass: camera, hand scanner and typed code, always all three.

import type { Receipt } from '../api/types.ts';
import type { Speech } from '../words/index.ts';
import type { CameraPanel } from './camera-panel.ts';
import type { Choices } from './choices.ts';
import type { CodeField } from './code-field.ts';
import { fill, h, icon } from './dom.ts';

export class ReadyView {
  readonly element: HTMLElement;
  readonly #last = h('section', { class: 'panel last', 'aria-labelledby': 'last-title' });
  readonly #speech: Speech;
  readonly #undo: (receipt: Receipt) => void;

  constructor(
    speech: Speech, camera: CameraPanel, code: CodeField, choices: Choices,
    undo: (receipt: Receipt) => void,
  ) {
    const { say } = speech;
    this.#speech = speech;
    this.#undo = undo;
    this.element = h('div', { class: 'ready' },
      h('h1', { tabindex: '-1' }, say('title')),
      h('div', { class: 'column' }, camera.element),
      h('div', { class: 'column' },
        choices.workshopsElement,
        // Before the hand scanner, which only has to be told: a telephone has none.
        code.element,
        h('section', { class: 'panel reader', 'aria-labelledby': 'reader-title' },
          h('h2', { id: 'reader-title' }, icon('reader'), say('hand_scanner')),
          h('p', { class: 'hint' }, say('hand_scanner_hint'))),
        choices.deliveryElement,
        this.#last));
    this.last(undefined);
  }

  /** The last redemption that may still be undone from here. */
  last(receipt: Receipt | undefined): void {
    const { say } = this.#speech;
    this.#last.hidden = receipt === undefined;
    if (!receipt) {
      fill(this.#last);
      return;
    }
    const { workshops, left } = receipt;
    const time = this.#speech.time(receipt.occurred_at);
    const line = say('last_line', {
      time, count: say('workshops_count', { n: workshops }), left: say('left', { n: left }),
    });
    fill(this.#last, h('h2', { id: 'last-title' }, say('last')), h('p', {}, line),
      h('button', {
        type: 'button', class: 'second', 'aria-label': say('undo_of', { time }),
        onclick: () => { this.#undo(receipt); },
      }, icon('undo'), say('undo')));
  }
}
