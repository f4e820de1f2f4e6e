// The service worker: keeps the shell of one version, so that it opens without network, and gives
// way to a new version only when no page has a scan under way. Never answers for /v1 or /session.
// Woken when the network is back, it hands over what a device took without.

import { handOver, TAG } from '../offline/background.ts';
import type { AskIdle, Idle } from './protocol.ts';

// Filled in by the build: the version, and every file of it.
declare const VERSION: string;
declare const FILES: readonly string[];
declare const self: ServiceWorkerGlobalScope;

const PREFIX = 'scan-';
const CACHE = PREFIX + VERSION;
const PAGE = '/scan';
/** Files with their hash in their name: what was kept once is right for ever. */
const HASHED = '/scan/assets/';
/** A page that says nothing for so long is asleep, and may be in the middle of something. */
const ANSWER_MS = 1_000;
/** The version before stays for a page that has not been loaded again yet. */
const VERSIONS_KEPT = 2;

self.addEventListener('install', (event) => { event.waitUntil(keepShell()); });
self.addEventListener('activate', (event) => { event.waitUntil(takePlace()); });

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  const page = request.mode === 'navigate' && (url.pathname === PAGE || url.pathname === `${PAGE}/`);
  if (page) event.respondWith(kept(PAGE, request));
  else if (FILES.includes(url.pathname) || url.pathname.startsWith(HASHED)) {
    event.respondWith(kept(url.pathname, request));
  }
});

self.addEventListener('message', (event) => {
  const data: unknown = event.data;
  if (typeof data === 'object' && data !== null && 'type' in data && data.type === 'take-over') {
    event.waitUntil(takeOver());
  }
});

/** Background Sync, which not every browser has. */
interface Woken extends ExtendableEvent { readonly tag: string }

self.addEventListener('sync', (event) => {
  if (isWoken(event) && event.tag === TAG) event.waitUntil(handOver());
});

function isWoken(event: Event): event is Woken {
  return event instanceof ExtendableEvent && 'tag' in event;
}

async function keepShell(): Promise<void> {
  const cache = await caches.open(CACHE);
  await Promise.all(FILES.map(async (path) => {
    // Megabytes of decoder are not fetched again for a new version that has the same.
    const known = path.startsWith(HASHED) ? await caches.match(path) : undefined;
    const response = known ?? await fetch(path, { cache: 'no-cache' });
    if (!response.ok || response.redirected) throw new Error(`${path} is not to be had`);
    await cache.put(path, response);
  }));
}

async function takePlace(): Promise<void> {
  const versions = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  const old = versions.slice(0, Math.max(0, versions.length - VERSIONS_KEPT + 1));
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function kept(path: string, request: Request): Promise<Response> {
  const own = await (await caches.open(CACHE)).match(path);
  return own ?? (path.startsWith(HASHED) ? await caches.match(path) : undefined) ?? fetch(request);
}

async function takeOver(): Promise<void> {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const scanners = pages.filter((page) => isPage(new URL(page.url).pathname));
  const idle = await Promise.all(scanners.map(asksIdle));
  if (idle.every(Boolean)) await self.skipWaiting();
}

function isPage(path: string): boolean {
  return path === PAGE || path.startsWith(`${PAGE}/`);
}

function asksIdle(page: Client): Promise<boolean> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const question: AskIdle = { type: 'idle?' };
    port1.onmessage = ({ data }: MessageEvent<Idle | undefined>) => { resolve(data?.idle === true); };
    setTimeout(resolve, ANSWER_MS, false);
    page.postMessage(question, [port2]);
  });
}
