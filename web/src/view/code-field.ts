// The typed code: grouped while it is typed, checked before anything is sent.

import { type Mistyped, readManualCode, regrouped, SYMBOLS, separates } from '../read/manual-code.ts';
import { passDigits } from '../read/pass-text.ts';
import type { Speech } from '../words/index.ts';
import { h, icon, setAttribute, setText } from './dom.ts';

export class CodeField {
  readonly element: HTMLElement;
  readonly #input: HTMLInputElement;
  readonly #count = h('p', { id: 'code-count', class: 'hint' });
  readonly #wrong = h('p', { id: 'code-wrong', class: 'wrong', role: 'alert' });
  readonly #speech: Speech;
  readonly #send: (code: string) => void;

  constructor(speech: Speech, send: (code: string) => void) {
    const { say } = speech;
    this.#speech = speech;
    this.#send = send;
    this.#input = h('input', {
      id: 'code', name: 'code', type: 'text', inputmode: 'text', autocomplete: 'off',
      autocapitalize: 'characters', autocorrect: 'off', spellcheck: 'false', enterkeyhint: 'send',
      'aria-describedby': 'code-hint code-count code-wrong',
      oninput: () => { this.#typed(); },
    });
    this.element = h('section', { class: 'panel code', 'aria-labelledby': 'code-title' },
      h('form', { onsubmit: (event) => { this.#submit(event); }, novalidate: true },
        h('h2', { id: 'code-title' }, icon('keys'), h('label', { for: 'code' }, say('code'))),
        h('p', { id: 'code-hint', class: 'hint' }, say('code_hint')),
        h('div', { class: 'code-line' }, this.#input,
          h('button', { type: 'submit' }, say('code_send'))),
        this.#count, this.#wrong));
  }

  /** What somebody has begun to type, which a new version of the page must not throw away. */
  get begun(): boolean {
    return this.#input.value !== '';
  }

  clear(): void {
    this.#input.value = '';
    this.#typed();
  }

  #typed(): void {
    const { value, selectionStart } = this.#input;
    // The whole address of a pass, pasted, dropped or offered by a phone's keyboard: as good as its QR code.
    const digits = passDigits(value);
    if (digits !== undefined) {
      this.clear();
      this.#send(digits);
      return;
    }
    const shown = regrouped(value, selectionStart ?? value.length);
    if (shown.text !== value) {
      this.#input.value = shown.text;
      if (document.activeElement === this.#input) this.#input.setSelectionRange(shown.caret, shown.caret);
    }
    const found = [...shown.text].filter((character) => !separates(character)).length;
    const typed = readManualCode(shown.text);
    setText(this.#count, typed.ok ? this.#speech.say('code_right')
      : found === 0 ? '' : this.#speech.say('code_count', { n: found }));
    // What is only not finished yet is no mistake.
    this.#mistake(typed.ok || (typed.wrong.kind === 'length' && found < SYMBOLS) ? undefined : typed.wrong);
  }

  #submit(event: Event): void {
    event.preventDefault();
    const typed = readManualCode(this.#input.value);
    if (typed.ok) {
      this.#send(typed.code);
      return;
    }
    this.#mistake(typed.wrong);
    this.#input.focus();
  }

  #mistake(wrong: Mistyped | undefined): void {
    setAttribute(this.#input, 'aria-invalid', wrong ? 'true' : undefined);
    setText(this.#wrong, wrong ? this.#sentence(wrong) : '');
  }

  #sentence(wrong: Mistyped): string {
    const { say } = this.#speech;
    switch (wrong.kind) {
      case 'symbol': return say('code_symbol', { typed: wrong.typed, position: wrong.position });
      case 'check': return say('code_check');
      case 'length': return wrong.found < SYMBOLS
        ? say('code_short', { n: SYMBOLS - wrong.found }) : say('code_long', { n: wrong.found - SYMBOLS });
    }
  }
}
