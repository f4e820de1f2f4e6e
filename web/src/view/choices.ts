// What goes with the next pass: how many workshops, and, for who wants to say it, which service.

import { type Delivery, LONGEST_MINUTES, MOST_WORKSHOPS, SERVICES } from '../scan/attempt.ts';
import type { Speech } from '../words/index.ts';
import { h, setText } from './dom.ts';

export class Choices {
  readonly workshopsElement: HTMLElement;
  readonly deliveryElement: HTMLElement;
  #workshops = 1;
  #delivery: Delivery;
  readonly #number = h('output', { id: 'workshops', for: 'fewer more' });
  readonly #fewer: HTMLButtonElement;
  readonly #more: HTMLButtonElement;
  readonly #summary = h('summary');
  readonly #wrong = h('p', { id: 'minutes-wrong', class: 'wrong', role: 'alert' });
  readonly #speech: Speech;
  readonly #remember: (delivery: Delivery) => void;

  constructor(speech: Speech, delivery: Delivery, remember: (delivery: Delivery) => void) {
    const { say } = speech;
    this.#speech = speech;
    this.#delivery = delivery;
    this.#remember = remember;
    this.#fewer = this.#stepper('fewer', '−', -1);
    this.#more = this.#stepper('more', '+', 1);
    this.workshopsElement = h('section', { class: 'panel workshops', 'aria-labelledby': 'workshops-title' },
      h('h2', { id: 'workshops-title' }, say('workshops')),
      h('div', { class: 'stepper' }, this.#fewer, this.#number, this.#more));
    this.deliveryElement = this.#details();
    this.#show();
  }

  get workshops(): number {
    return this.#workshops;
  }

  get delivery(): Delivery {
    return this.#delivery;
  }

  /** One again: more is for one pass, and is said each time. */
  reset(): void {
    this.#workshops = 1;
    this.#show();
  }

  #stepper(id: 'fewer' | 'more', sign: string, by: number): HTMLButtonElement {
    return h('button', {
      type: 'button', id, class: 'second', 'aria-label': this.#speech.say(id), 'aria-controls': 'workshops',
      onclick: () => {
        this.#workshops = Math.min(MOST_WORKSHOPS, Math.max(1, this.#workshops + by));
        this.#show();
      },
    }, h('span', { 'aria-hidden': 'true' }, sign));
  }

  #show(): void {
    setText(this.#number, this.#speech.say('workshops_count', { n: this.#workshops }));
    // Not `disabled`, which would throw the focus away at the end of the range.
    this.#fewer.setAttribute('aria-disabled', String(this.#workshops === 1));
    this.#more.setAttribute('aria-disabled', String(this.#workshops === MOST_WORKSHOPS));
    const { say } = this.#speech;
    const what = describeDelivery(this.#delivery, this.#speech);
    setText(this.#summary, what === '' ? say('details') : say('details_set', { what }));
  }

  #details(): HTMLElement {
    const { say } = this.#speech;
    const { service, group, minutes } = this.#delivery;
    const services = h('select', { id: 'service' }, h('option', { value: '' }, say('unsaid')),
      ...SERVICES.map((one) => h('option', { value: one, selected: one === service }, say(`service_${one}`))));
    const format = h('select', { id: 'format' }, h('option', { value: '' }, say('unsaid')),
      h('option', { value: 'single', selected: group === false }, say('single')),
      h('option', { value: 'group', selected: group === true }, say('group')));
    const length = h('input', {
      id: 'minutes', type: 'text', inputmode: 'numeric', autocomplete: 'off', maxlength: 3,
      value: minutes ?? '', 'aria-describedby': 'minutes-wrong',
    });
    const read = (): void => {
      const number = Number(length.value.trim());
      const fits = Number.isInteger(number) && number >= 1 && number <= LONGEST_MINUTES;
      const wrong = length.value.trim() !== '' && !fits;
      length.toggleAttribute('aria-invalid', false);
      if (wrong) length.setAttribute('aria-invalid', 'true');
      setText(this.#wrong, wrong ? say('minutes_wrong', { most: LONGEST_MINUTES }) : '');
      const chosen = SERVICES.find((one) => one === services.value);
      this.#delivery = {
        ...(chosen ? { service: chosen } : {}),
        ...(format.value === '' ? {} : { group: format.value === 'group' }),
        ...(fits ? { minutes: number } : {}),
      };
      this.#remember(this.#delivery);
      this.#show();
    };
    return h('details', { class: 'panel delivery', onchange: read },
      this.#summary,
      field('service', say('service'), services), field('format', say('format'), format),
      field('minutes', say('minutes'), length), this.#wrong);
  }
}

function field(id: string, label: string, control: HTMLElement): HTMLElement {
  return h('div', { class: 'field' }, h('label', { for: id }, label), control);
}

/** A delivery in a few words, or nothing. */
export function describeDelivery({ service, group, minutes }: Delivery, { say }: Speech): string {
  return [
    service === undefined ? '' : say(`service_${service}`),
    group === undefined ? '' : say(group ? 'group' : 'single'),
    minutes === undefined ? '' : say('minutes_short', { n: minutes }),
  ].filter((part) => part !== '').join(', ');
}
