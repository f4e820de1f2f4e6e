// The frame of every page: skip link, head with sections, venue, sound and language, main, foot.

import type { Venue } from '../api/types.ts';
import type { Speech } from '../words/index.ts';
import { fill, h, icon, setText } from './dom.ts';
import { StandingView } from './standing.ts';

export type Page = 'scan' | 'today' | 'venue' | 'enrol';

const PAGES = ['today', 'venue', 'enrol'] as const;

/** The page that the address names; links are plain, so that "back" works. */
export function pageOf(hash: string): Page {
  return PAGES.find((page) => hash === `#${page}`) ?? 'scan';
}

export interface ShellWishes {
  switchLanguage(): void;
  switchSound(): void;
}

export interface Head {
  readonly page: Page;
  /** The operator's name, where it has said one. */
  readonly brand: string | undefined;
  readonly venue: Venue | undefined;
  readonly muted: boolean;
  /** Whether somebody is logged in: without, there are no sections to go to. */
  readonly open: boolean;
}

export class Shell {
  readonly main = h('main', { id: 'main', tabindex: '-1' });
  /** Of a device: how it stands. */
  readonly standing = new StandingView();
  readonly #head = h('header', { class: 'head' });
  readonly #network = h('p', { class: 'network', role: 'status' });
  readonly #said = h('p', { class: 'said', role: 'status' });
  readonly #skip = h('a', { class: 'skip', href: '#main', onclick: (event) => {
    // The address says which page this is, so it stays.
    event.preventDefault();
    this.main.focus();
  } });
  readonly #wishes: ShellWishes;

  constructor(root: HTMLElement, wishes: ShellWishes) {
    this.#wishes = wishes;
    fill(root, this.#skip, this.#head, this.#network, this.standing.element, this.#said, this.main);
  }

  draw(speech: Speech, { page, brand, venue, muted, open }: Head): void {
    const { say, language } = speech;
    document.documentElement.lang = language;
    const name = brand ?? say('brand');
    document.title = page === 'today' ? `${say('history_title')} – ${name}` : say('title');
    setText(this.#skip, say('skip'));
    const link = (to: Page, text: string): HTMLElement => h('a', {
      href: `#${to}`, 'aria-current': page === to ? 'page' : undefined,
    }, text);
    const focus = document.activeElement?.id;
    fill(this.#head,
      h('a', { class: 'brand', href: '/' }, name),
      h('div', { class: 'switches' },
        h('button', { type: 'button', class: 'quiet', id: 'sound', onclick: this.#wishes.switchSound },
          icon(muted ? 'silent' : 'sound'),
          h('span', { class: 'sound-word' }, say(muted ? 'sound_off' : 'sound_on'))),
        h('button', {
          type: 'button', class: 'quiet', id: 'language', lang: language === 'fr' ? 'en' : 'fr',
          onclick: this.#wishes.switchLanguage,
        }, say('switch_language'))),
      open ? h('nav', { 'aria-label': say('sections') }, h('ul', {},
        h('li', {}, link('scan', say('scan'))), h('li', {}, link('today', say('today'))),
        venue ? h('li', { class: 'venue' }, h('a', {
          href: '#venue', 'aria-current': page === 'venue' ? 'page' : undefined,
        }, icon('place'), h('span', { class: 'hidden' }, `${say('change_venue')} `),
        h('span', { class: 'venue-name' }, venue.name))) : undefined)) : undefined);
    // Drawn anew under whoever pressed it.
    if (focus === 'sound' || focus === 'language') document.getElementById(focus)?.focus();
  }

  network(text: string): void {
    setText(this.#network, text);
  }

  /** Something that happened, in a line above the page; nothing takes it away. */
  tell(text: string): void {
    setText(this.#said, text);
  }
}
