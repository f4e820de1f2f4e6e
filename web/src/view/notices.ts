// Pages that say why nothing can be scanned yet, and the choice of a venue.

import type { Venue } from '../api/types.ts';
import type { Key, Speech } from '../words/index.ts';
import { type Child, fill, h, icon } from './dom.ts';

/** More than this many get a field to search them. */
const MANY = 8;

export type Notice = 'loading' | 'sign_in' | 'forbidden' | 'unreachable' | 'no_venue' | 'revoked';

/** What a person may do about it. */
export interface NoticeWishes {
  retry(): void;
  /** Goes on without being a device. */
  forget(): void;
}

/** What is kept here: an attempt of an account, records of a device. */
export interface KeptHere { readonly attempt: boolean; readonly waiting: number }

export function noticeView(speech: Speech, notice: Notice, kept: KeptHere, wishes: NoticeWishes): HTMLElement {
  const { say } = speech;
  if (notice === 'loading') return h('div', { class: 'narrow' }, h('p', { role: 'status' }, say('loading')));
  const text: Key = `${notice}_text`;
  const action: Child = notice === 'sign_in'
    ? h('a', { class: 'button', href: '/login?next=/scan' }, say('sign_in_link'))
    : notice === 'forbidden' ? undefined
      // Without its key nobody could hand over what waits.
      : notice === 'revoked' ? kept.waiting > 0 ? undefined : h('button', { type: 'button', onclick: wishes.forget }, say('revoked_forget'))
        : h('button', { type: 'button', onclick: wishes.retry }, say('try_again'));
  return h('div', { class: 'narrow notice' }, h('h1', { tabindex: '-1' }, say(notice)),
    h('p', {}, say(text)), kept.attempt && notice === 'sign_in' ? h('p', {}, say('sign_in_kept')) : undefined,
    notice === 'revoked' && kept.waiting > 0 ? h('p', { class: 'wrong' }, say('revoked_waiting', { n: kept.waiting })) : undefined,
    action);
}

export function venuesView(
  speech: Speech, venues: readonly Venue[], chosen: string | undefined, device: string | undefined,
  choose: (venue: Venue) => void,
): HTMLElement {
  const { say } = speech;
  const list = h('ul', { class: 'venues' });
  const draw = (search: string): void => {
    const fitting = venues.filter((venue) => plain(`${venue.name} ${venue.commune}`).includes(plain(search)));
    fill(list, ...(fitting.length === 0 ? [h('li', {}, say('venue_none_found'))]
      : fitting.map((venue) => h('li', {}, h('button', {
        type: 'button', class: 'second', 'aria-pressed': String(venue.id === chosen),
        onclick: () => { choose(venue); },
      }, h('strong', {}, venue.id === chosen ? icon('yes') : undefined, venue.name),
      h('span', {}, venue.commune))))));
  };
  draw('');
  const search = h('input', {
    id: 'venue-filter', type: 'search', autocomplete: 'off', oninput: () => { draw(search.value); },
  });
  return h('div', { class: 'narrow' }, h('h1', { tabindex: '-1' }, say('choose_venue')),
    h('p', { class: 'hint' }, say('choose_venue_hint')),
    device === undefined ? undefined : h('p', {}, say('device_is', { name: device })),
    venues.length > MANY ? h('div', { class: 'field' },
      h('label', { for: 'venue-filter' }, say('venue_filter')), search) : undefined,
    list);
}

/** Without accents and case, so that `evry` finds Évry. */
function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
