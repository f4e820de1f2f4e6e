// What this device took without network, and what became of each.

import { instant } from '../offline/record.ts';
import { isProblem, type Spend } from '../offline/spends.ts';
import { whyKey } from '../scan/device-redeeming.ts';
import type { Speech } from '../words/index.ts';
import { describeDelivery } from './choices.ts';
import { h } from './dom.ts';

/** Nothing where nothing was taken without network. */
export function ownHistory(speech: Speech, spends: readonly Spend[], today: number): HTMLElement | undefined {
  if (spends.length === 0) return undefined;
  return h('section', { class: 'own-history', 'aria-labelledby': 'own-title' },
    h('h2', { id: 'own-title' }, speech.say('own_title')),
    h('ol', {}, ...spends.map((spend) => line(speech, spend, today))));
}

function line(speech: Speech, spend: Spend, today: number): HTMLElement {
  const { say } = speech;
  const at = instant(spend.at);
  const undone = spend.undone === true;
  const fate = say(undone ? 'fate_undone' : `fate_${spend.fate}`);
  const why = spend.reason ?? spend.cause;
  const day = spend.lastDay === undefined ? '' : speech.day(instant(spend.lastDay * 86_400_000).slice(0, 10));
  const facts = [
    describeDelivery(spend.delivery, speech), spend.typed ? say('typed_code') : '',
    spend.seq === undefined ? '' : say('history_number', { seq: spend.seq }),
  ].filter((fact) => fact !== '');
  return h('li', { 'data-fate': undone ? 'undone' : spend.fate, 'data-request': spend.request },
    h('time', { datetime: at }, spend.at < today ? speech.moment(at) : speech.time(at)),
    h('div', { class: 'what' },
      h('span', {}, say('workshops_count', { n: spend.workshops })),
      facts.length === 0 ? undefined : h('span', { class: 'hint' }, facts.join(' · ')),
      spend.held && !undone ? h('span', { 'data-held': true }, say('own_held')) : undefined,
      isProblem(spend) && why !== undefined ? h('span', {}, say(whyKey(speech, why), { n: 0, limit: '', day })) : undefined),
    h('span', { class: 'tag' }, fate));
}
