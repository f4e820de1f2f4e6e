// Keeps the scanner's own files, so that it opens without network. What was asked of the API is
// never kept. A new version waits until the page says that no scan is under way.
const CACHE = 'scanner-__VERSION__';
const FILES = [/* files */];

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(['/scan', ...FILES])));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener('message', (event) => {
  if (event.data === 'take-over') self.skipWaiting();
});

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (url.pathname !== '/scan' && !url.pathname.startsWith('/scan/')) return;
  const wanted = url.pathname === '/scan/' ? '/scan' : url.pathname;
  event.respondWith(
    caches.open(CACHE).then((cache) => cache.match(wanted).then((kept) => kept ?? fetch(event.request))),
  );
});
