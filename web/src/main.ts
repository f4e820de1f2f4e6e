// The scanner's screen: camera, hand scanner and typed code side by side, one result at a time.
// No verdicts: the server gives them.

import { Api } from './api.ts';
import { begin, newId, send, unsent, type Attempt, type Outcome, type Receipt } from './attempt.ts';
import { Camera, trouble } from './camera.ts';
import { grouped, read } from './manual-code.ts';
import { signal } from './signal.ts';
import { DIGITS, Wedge } from './wedge.ts';
import { say, type Language, type Word } from './words.ts';

function element<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element ${id}`);
  return found as T;
}

/** A camera that still looks at the pass that was just redeemed asks before it does so again. */
const SAME_PASS_MS = 60_000;
const RETRY_MS = 15_000;
const MOST_WORKSHOPS = 10;

let language: Language = remembered('language', navigator.language.startsWith('en') ? 'en' : 'fr') as Language;
let workshops = 1;
let busy = false;
let shown = false;
let last: { code: string; at: number } | undefined;

const api = new Api(() => language);
const result = element('result');
const camera = new Camera(element<HTMLVideoElement>('video'), (text) => {
  const digits = new RegExp(`[0-9]{${DIGITS}}$`).exec(text)?.[0];
  if (!busy && !shown) void take(digits ?? text, true);
});
const wedge = new Wedge((digits) => {
  if (!busy) void take(digits, false);
});

function remembered(key: string, otherwise: string): string {
  return localStorage.getItem(`scanner.${key}`) ?? otherwise;
}

function remember(key: string, value: string): void {
  localStorage.setItem(`scanner.${key}`, value);
}

function words(): void {
  document.documentElement.lang = language;
  document.title = `${say(language, 'title')} – ${say(language, 'brand')}`;
  for (const place of document.querySelectorAll<HTMLElement>('[data-word]')) {
    place.textContent = say(language, place.dataset['word'] as Word);
  }
  for (const place of document.querySelectorAll<HTMLElement>('[data-name]')) {
    place.setAttribute('aria-label', say(language, place.dataset['name'] as Word));
  }
  element('language').lang = language === 'fr' ? 'en' : 'fr';
  network();
  pending();
}

function network(): void {
  element('network').textContent = say(language, navigator.onLine ? 'online' : 'offline');
}

function pending(): void {
  const count = unsent(localStorage).length;
  element('pending').hidden = count === 0;
  element('pending-count').textContent = say(language, 'unsent-count', String(count));
}

function step(to: number): void {
  workshops = Math.min(MOST_WORKSHOPS, Math.max(1, to));
  element('workshops').textContent = String(workshops);
}

/** Redeems what a code names; a camera's second look at the same pass asks first. */
async function take(code: string, looked: boolean): Promise<void> {
  const venue = element<HTMLSelectElement>('venue').value;
  if (venue === '') return;
  if (looked && last?.code === code && Date.now() - last.at < SAME_PASS_MS) {
    show('wait', '?', 'again', say(language, 'again-detail'));
    offer('again-button', () => void attempt(code, venue));
    return;
  }
  await attempt(code, venue);
}

async function attempt(code: string, venue: string): Promise<void> {
  busy = true;
  const random = crypto.getRandomValues(new Uint8Array(16));
  const made: Attempt = { id: newId(Date.now(), random), venue, code, workshops };
  begin(localStorage, made);
  show('wait', '…', 'sending', '');
  const outcome = await send(localStorage, api, made);
  busy = false;
  told(made, outcome);
}

function told(made: Attempt, outcome: Outcome): void {
  pending();
  const aloud = element<HTMLInputElement>('sound').checked;
  switch (outcome.is) {
    case 'accepted':
      last = { code: made.code, at: Date.now() };
      step(1);
      accepted(outcome.receipt);
      signal(true, aloud);
      return;
    case 'refused':
      show('refused', '✕', 'refused', outcome.detail);
      signal(false, aloud);
      return;
    case 'log-in':
      show('wait', '!', 'log-in', say(language, 'log-in-detail'));
      offer('log-in-button', () => location.assign('/login?next=/scan'));
      return;
    case 'unsent':
      show('wait', '!', 'unsent', say(language, 'unsent-detail'));
      offer('retry', () => void flush(true));
      signal(false, aloud);
  }
}

function accepted(receipt: Receipt): void {
  const { workshops: taken, left } = receipt;
  const detail = taken === 1 ? say(language, 'accepted-one') : say(language, 'accepted-many', String(taken));
  show('accepted', '✓', 'accepted', detail);
  const words: Word = left === 0 ? 'left-none' : left === 1 ? 'left-one' : 'left-many';
  element('left').textContent = say(language, words, String(left));
  const day = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(receipt.last_day));
  element('until').textContent = left === 0 ? '' : say(language, 'until', day);
  offer('undo', () => offer('undo-sure', () => void undo(receipt)));
}

async function undo(receipt: Receipt): Promise<void> {
  const random = crypto.getRandomValues(new Uint8Array(16));
  const headers = { 'Idempotency-Key': newId(Date.now(), random) };
  const answer = await api.post(`/v1/redemptions/${receipt.seq}/reversal`, {}, headers);
  if (answer.is === 'answer' && answer.status === 201) {
    last = undefined;
    show('undone', '↩', 'undone', say(language, 'undone-detail'));
  } else if (answer.is === 'answer') {
    show('refused', '✕', 'refused', (answer.body as { detail?: string }).detail ?? '');
  } else {
    show('wait', '!', 'unsent', '');
    offer('retry', () => void undo(receipt));
  }
}

function show(is: string, icon: string, word: Word, detail: string): void {
  shown = true;
  result.hidden = false;
  result.dataset['is'] = is;
  element('ready').inert = true;
  element('icon').textContent = icon;
  element('word').textContent = say(language, word);
  element('detail').textContent = detail;
  element('left').textContent = '';
  element('until').textContent = '';
  element('other').hidden = true;
  element('next').hidden = word === 'sending';
  element('next').textContent = say(language, 'next');
  element('word').focus();
}

function offer(word: Word, act: () => void): void {
  const other = element<HTMLButtonElement>('other');
  other.hidden = false;
  other.textContent = say(language, word);
  other.onclick = act;
}

function ready(): void {
  shown = false;
  result.hidden = true;
  element('ready').inert = false;
  const code = element<HTMLInputElement>('code');
  code.value = '';
  mistake('');
  if (!camera.running) code.focus();
}

/** Sends what was kept, one after the other. */
async function flush(aloud: boolean): Promise<void> {
  if (busy) return;
  busy = true;
  for (const kept of unsent(localStorage)) {
    const outcome = await send(localStorage, api, kept);
    if (aloud || outcome.is === 'refused') told(kept, outcome);
    if (outcome.is === 'unsent' || outcome.is === 'log-in') break;
  }
  busy = false;
  pending();
}

function mistake(text: string): void {
  element('code-mistake').textContent = text;
  element('code').setAttribute('aria-invalid', String(text !== ''));
}

function typing(): void {
  const field = element<HTMLInputElement>('code');
  const typed = read(field.value);
  if (typed.is === 'wrong-symbol') mistake(say(language, 'code-symbol', typed.symbol));
  else if (typed.is === 'wrong-check') mistake(say(language, 'code-check'));
  else if (typed.is === 'too-long') mistake(say(language, 'code-long'));
  else mistake('');
  const bare = field.value.toUpperCase().replace(/[\s\-]/g, '');
  if (field.selectionStart === field.value.length) field.value = grouped(bare);
}

function submit(event: Event): void {
  event.preventDefault();
  const field = element<HTMLInputElement>('code');
  const typed = read(field.value);
  if (typed.is === 'incomplete') mistake(say(language, 'code-short'));
  if (typed.is !== 'code') {
    typing();
    if (typed.is === 'incomplete') mistake(say(language, 'code-short'));
    field.focus();
    return;
  }
  if (!busy) void take(typed.code, false);
}

async function turnCamera(device?: string): Promise<void> {
  const on = camera.running && device === undefined;
  element('trouble').hidden = true;
  if (on) camera.stop();
  else {
    try {
      await camera.start(device ?? (remembered('camera', '') || undefined));
    } catch (cause) {
      const why = trouble(cause);
      localStorage.removeItem('scanner.camera');
      element('trouble').textContent = say(language, `camera-${why}` as Word);
      element('trouble').hidden = false;
    }
  }
  await cameraShown();
}

async function cameraShown(): Promise<void> {
  const on = camera.running;
  element('video').hidden = !on;
  element('camera-hint').hidden = !on;
  element('camera').dataset['word'] = on ? 'camera-off' : 'camera-on';
  element('camera').textContent = say(language, on ? 'camera-off' : 'camera-on');
  element('torch-field').hidden = !camera.hasTorch;
  const all = on ? await camera.all() : [];
  const choice = element<HTMLSelectElement>('cameras');
  choice.replaceChildren(
    ...all.map((one, at) => new Option(one.label || String(at + 1), one.deviceId, false, one.deviceId === camera.current)),
  );
  element('cameras-field').hidden = all.length < 2;
}

async function venues(): Promise<void> {
  const who = await api.get('/v1/auth/whoami');
  if (who.is === 'nobody') {
    location.assign('/login?next=/scan');
    return;
  }
  const answer = await api.get('/v1/venues?limit=200');
  if (answer.is !== 'answer' || answer.status !== 200) return;
  const { items } = answer.body as { items: { id: string; active: boolean; profile: { name: string; commune: string } }[] };
  const open = items.filter((venue) => venue.active);
  const chosen = remembered('venue', '');
  element<HTMLSelectElement>('venue').replaceChildren(
    ...open.map(({ id, profile }) => {
      const name = profile.commune ? `${profile.name} (${profile.commune})` : profile.name;
      return new Option(name, id, false, id === chosen);
    }),
  );
  element('no-venue').hidden = open.length > 0;
  element('venue-field').hidden = open.length === 0;
}

function listen(): void {
  element('language').addEventListener('click', () => {
    language = language === 'fr' ? 'en' : 'fr';
    remember('language', language);
    words();
  });
  element('venue').addEventListener('change', (event) => remember('venue', (event.target as HTMLSelectElement).value));
  element('fewer').addEventListener('click', () => step(workshops - 1));
  element('more').addEventListener('click', () => step(workshops + 1));
  element('camera').addEventListener('click', () => void turnCamera());
  element('cameras').addEventListener('change', (event) => {
    const device = (event.target as HTMLSelectElement).value;
    remember('camera', device);
    void turnCamera(device);
  });
  element('torch').addEventListener('change', (event) => void camera.torch((event.target as HTMLInputElement).checked));
  element('typed').addEventListener('submit', submit);
  element('code').addEventListener('input', typing);
  element('next').addEventListener('click', ready);
  element('send').addEventListener('click', () => void flush(true));
  element<HTMLInputElement>('sound').checked = remembered('sound', 'on') === 'on';
  element('sound').addEventListener('change', (event) => remember('sound', (event.target as HTMLInputElement).checked ? 'on' : 'off'));
  document.addEventListener('keydown', (event) => {
    if (wedge.key({ code: event.code, at: event.timeStamp })) event.preventDefault();
    else if (event.key === 'Enter' && shown && event.target === element('word') && !busy) ready();
  }, true);
  setInterval(() => wedge.tick(performance.now()), 60);
  for (const change of ['online', 'offline']) window.addEventListener(change, network);
  window.addEventListener('online', () => void flush(false));
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void flush(false);
    else if (camera.running) void turnCamera();
  });
  setInterval(() => void flush(false), RETRY_MS);
}

/** Files are kept for the next time; a new version takes over only between two passes. */
async function keepFiles(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const registration = await navigator.serviceWorker.register('/scan/sw.js', { scope: '/scan' });
  setInterval(() => {
    if (!busy && !shown && !camera.running) registration.waiting?.postMessage('take-over');
  }, 5_000);
}

words();
listen();
step(1);
void venues().then(() => flush(false));
void keepFiles().catch(() => undefined);
