// Handing over when no page is open: the browser wakes the service worker when the network is back.
// Not every browser does; then the page does it when it opens.

import { Service } from '../api/service.ts';
import { DeviceSession } from '../device/device-session.ts';
import { identityIn } from '../device/identity.ts';
import { openDatabase } from './database.ts';
import { Feed } from './feed.ts';
import { Knowledge } from './knowledge.ts';
import { alone, CHANGES } from './locks.ts';
import { Upload } from './upload.ts';

export const TAG = 'scan-records';

/** Nothing of what it says is shown to anybody. */
const language = (): string => 'fr';

/** In the worker. Thrown: the browser tries again later. */
export async function handOver(): Promise<void> {
  const database = await openDatabase();
  if (!database) return;
  try {
    const identity = await identityIn(database);
    if (!identity) return;
    const { device } = identity;
    const service = new Service(new DeviceSession(identity, language), language);
    const knowledge = new Knowledge(database, device, new Feed(database, device));
    const upload = new Upload(database, device, (records) => service.sync(records));
    await alone('scan-upload', async () => {
      const stopped = await upload.all(({ now }, sentAt, receivedAt) => knowledge.hear(now, sentAt, receivedAt));
      if (stopped) throw new Error('not handed over yet');
    });
    const others = new BroadcastChannel(CHANGES);
    others.postMessage('changed');
    others.close();
  } finally {
    database.close();
  }
}

interface Waking { register(tag: string): Promise<void> }

/** In the page: asks to be woken. */
export async function wakeLater(): Promise<void> {
  try {
    const registration: ServiceWorkerRegistration & { readonly sync?: Waking } = await navigator.serviceWorker.ready;
    await registration.sync?.register(TAG);
  } catch {
    // Not allowed, or no worker: the page goes on by itself.
  }
}
