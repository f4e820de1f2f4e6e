// How the device stands, in a line that is always in sight: in words, with a colour beside them.

import type { Standing } from '../offline/standing.ts';
import { LONG_MS } from '../offline/standing.ts';
import type { Speech } from '../words/index.ts';
import { fill, h, icon } from './dom.ts';

type Tone = 'good' | 'warn' | 'bad' | 'calm';

export class StandingView {
  readonly element = h('section', { class: 'standing', hidden: true });
  /** Said aloud when it changes; ages are not. */
  readonly #said = h('p', { class: 'hidden', role: 'status' });
  readonly #shown = h('ul');

  constructor() {
    this.element.append(this.#said, this.#shown);
  }

  show(speech: Speech, standing: Standing): void {
    const { say } = speech;
    const { network, waiting, oldest, problems, keysExpired, distrusted, little, promised } = standing;
    const line = (tone: Tone, text: string): HTMLElement => h('li', { 'data-tone': tone }, text);
    this.element.hidden = false;
    this.element.setAttribute('aria-label', say('standing'));
    const connected = say(`standing_${network}`);
    const queue = waiting === 0 ? say('standing_none') : say('standing_waiting', { n: waiting });
    const said = `${connected}. ${queue}.`;
    if (this.#said.textContent !== said) this.#said.textContent = said;
    const waited = oldest === undefined || waiting === 0 ? 0 : Date.now() - oldest;
    fill(this.#shown,
      h('li', { 'data-tone': network === 'offline' ? 'warn' : 'good', 'data-network': network },
        icon(network === 'offline' ? 'cut' : network === 'sending' ? 'wait' : 'yes'), connected),
      h('li', { 'data-tone': waiting === 0 ? 'calm' : 'warn', 'data-waiting': String(waiting) }, queue),
      this.#knowledge(speech, standing),
      waited > LONG_MS ? line('bad', say('standing_oldest', { age: speech.age(waited) })) : undefined,
      distrusted ? line('bad', say('standing_distrusted')) : keysExpired ? line('warn', say('standing_keys')) : undefined,
      waiting > 0 && !promised ? line('warn', say('standing_unpromised')) : undefined,
      little ? line('bad', say('standing_little')) : undefined,
      problems > 0 ? h('li', { 'data-tone': 'bad' }, h('a', { href: '#today' }, say('standing_problems', { n: problems })))
        : undefined);
  }

  /** Of an enrolled device in a browser that cannot keep workshops. */
  cannot({ say }: Speech): void {
    this.element.hidden = false;
    fill(this.#shown, h('li', { 'data-tone': 'warn' }, say('standing_old_browser')));
  }

  #knowledge(speech: Speech, { freshness, ageMs }: Standing): HTMLElement {
    const tone: Tone = freshness === 'fresh' ? 'good' : freshness === 'aging' ? 'warn' : 'bad';
    const text = ageMs === undefined ? speech.say('standing_nothing')
      : speech.say(`standing_${freshness}`, { age: speech.age(ageMs) });
    return h('li', { 'data-tone': tone, 'data-freshness': freshness }, text);
  }
}
