// Registers the service worker, and lets a new version in when nothing is under way here.

import { fields } from '../api/types.ts';
import type { Idle, TakeOver } from './protocol.ts';

const LOOK_EVERY_MS = 30 * 60_000;
const TRY_AGAIN_MS = 5_000;

export interface Versions {
  /** To be called when something has come to its end: a waiting version may come in now. */
  settled(): void;
}

/** `idle` says whether the page may be loaded anew; `waits` is told that a version is waiting. */
export function register(idle: () => boolean, waits: () => void): Versions {
  let registration: ServiceWorkerRegistration | undefined;
  let replaced = false;
  let told = false;

  const settled = (): void => {
    if (!idle()) return;
    if (replaced) location.reload();
    const request: TakeOver = { type: 'take-over' };
    registration?.waiting?.postMessage(request);
  };

  if (!('serviceWorker' in navigator)) return { settled };
  const container = navigator.serviceWorker;

  container.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (fields(event.data)?.['type'] !== 'idle?') return;
    const answer: Idle = { idle: idle() };
    event.ports[0]?.postMessage(answer);
  });

  // The first worker of all takes an uncontrolled page, which is of its own version.
  let controlled = container.controller !== null;
  container.addEventListener('controllerchange', () => {
    replaced = controlled;
    controlled = true;
    settled();
  });

  const watch = (found: ServiceWorkerRegistration): void => {
    registration = found;
    setInterval(() => { void found.update().catch(() => undefined); }, LOOK_EVERY_MS);
    // Other pages may have been busy when this one was not.
    setInterval(() => {
      if (!found.waiting || !container.controller) return;
      if (!told) waits();
      told = true;
      settled();
    }, TRY_AGAIN_MS);
    settled();
  };
  container.register('/scan/sw.js', { scope: '/scan', updateViaCache: 'none' })
    .then(watch)
    // Without it the page works all the same, but only with network.
    .catch(() => undefined);
  return { settled };
}
