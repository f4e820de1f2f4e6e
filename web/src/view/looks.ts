// The operator's name and colour, as the pages of the site have them. The last ones known are worn
// until the service answers, and without network.

import { ask } from '../api/http.ts';
import { type Looks, parseLooks } from '../api/types.ts';
import type { Preferences } from '../scan/preferences.ts';
import { h } from './dom.ts';

export async function wear(preferences: Preferences, changed: () => void): Promise<void> {
  dress(preferences.looks);
  const outcome = await ask({ method: 'GET', path: '/scan/looks' }, parseLooks);
  if (outcome.kind !== 'ok') return;
  preferences.looks = outcome.value;
  dress(outcome.value);
  changed();
}

function dress({ style }: Looks): void {
  const worn = document.querySelector('link[data-looks]');
  if ((worn?.getAttribute('href') ?? undefined) === style) return;
  worn?.remove();
  if (style !== undefined) document.head.append(h('link', { rel: 'stylesheet', href: style, 'data-looks': '' }));
}
