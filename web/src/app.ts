// Puts the parts together: who is logged in, which venue, which page, and where codes go.

import type { Outcome } from './api/http.ts';
import { type OwnDevice, saysRevoked } from './api/own-device.ts';
import { Service } from './api/service.ts';
import { Session } from './api/session.ts';
import type { Receipt, Redemption, Venue } from './api/types.ts';
import { Becoming, type Kept } from './becoming.ts';
import { DeviceSession } from './device/device-session.ts';
import { Cues } from './feel/cues.ts';
import { register, type Versions } from './install/register.ts';
import { Camera } from './read/camera.ts';
import { Decoder } from './read/decoder.ts';
import { Offline } from './offline/offline.ts';
import type { Standing } from './offline/standing.ts';
import { passDigits } from './read/pass-text.ts';
import { hearWedge } from './read/wedge-listener.ts';
import { type Attempt, newId } from './scan/attempt.ts';
import { type Attempts, attemptsIn } from './scan/attempts.ts';
import { redeem } from './scan/device-redeeming.ts';
import { type Model, type Source, underWay } from './scan/machine.ts';
import { Preferences, storageOr } from './scan/preferences.ts';
import { Runner } from './scan/runner.ts';
import { askGiveUp, askUndo } from './view/ask.ts';
import { CameraPanel } from './view/camera-panel.ts';
import { Choices } from './view/choices.ts';
import { CodeField } from './view/code-field.ts';
import { HistoryView } from './view/history.ts';
import { wear } from './view/looks.ts';
import { type Notice, noticeView, venuesView } from './view/notices.ts';
import { ReadyView } from './view/ready.ts';
import { ResultView } from './view/result.ts';
import { type Page, pageOf, Shell } from './view/shell.ts';
import { Who } from './who.ts';
import { preferred, Speech } from './words/index.ts';

/** Between two tries to reach the service while nothing can be done without it. */
const TRY_AGAIN_MS = 10_000;
/** Ages that are in sight grow. */
const AGES_MS = 30_000;

/** The views of one language; all are made anew when it changes. */
interface Views {
  readonly camera: CameraPanel;
  readonly code: CodeField;
  readonly choices: Choices;
  readonly ready: ReadyView;
  readonly result: ResultView;
}

export class App {
  readonly #kept: Kept;
  readonly #preferences: Preferences;
  readonly #attempts: Attempts;
  readonly #who: Who;
  readonly #service: Service;
  /** Of a device: what it does without network. */
  readonly #offline: Offline | undefined;
  readonly #becoming: Becoming;
  readonly #cues: Cues;
  readonly #camera: Camera;
  readonly #runner: Runner;
  readonly #shell: Shell;
  readonly #versions: Versions;
  #speech: Speech;
  #views: Views;
  #history: HistoryView | undefined;
  /** Why nothing can be scanned; nothing when it can. */
  #notice: Notice | undefined = 'loading';
  #lastReceipt: Receipt | undefined;
  #standing: Standing | undefined;
  #retrying: ReturnType<typeof setTimeout> | undefined;

  constructor(root: HTMLElement, kept: Kept) {
    this.#kept = kept;
    const storage = storageOr(() => localStorage);
    this.#preferences = new Preferences(storage);
    this.#attempts = attemptsIn(storage);
    this.#who = new Who(kept.identity, this.#preferences);
    this.#speech = new Speech(this.#preferences.language ?? preferred(navigator.languages));
    const language = (): string => this.#speech.language;
    const { database, identity } = kept;
    const tokens = identity ? new DeviceSession(identity, language) : new Session(language);
    this.#service = new Service(tokens, language);
    this.#offline = database && identity && Offline.possible() ? new Offline(database, identity, this.#service, {
      changed: (standing) => { this.#stands(standing); },
      own: (own) => { this.#heardOfDevice(own); },
      version: VERSION,
    }) : undefined;
    this.#becoming = new Becoming(kept, this.#preferences, this.#offline);
    this.#cues = new Cues(this.#preferences.muted);
    this.#camera = new Camera(new Decoder(), (texts) => { this.#seen(texts); },
      () => { this.#views.camera.changed(); });
    this.#runner = new Runner({
      redeem: (attempt) => (this.#offline
        ? redeem(this.#service, this.#offline, () => this.#speech, attempt) : this.#service.redeem(attempt)),
      attempts: this.#attempts,
      cue: (cue) => { this.#cues.give(cue); },
      now: () => performance.now(),
    }, (model, before) => { this.#scanChanged(model, before); });
    this.#shell = new Shell(root, {
      switchLanguage: () => { this.#switchLanguage(); },
      switchSound: () => { this.#switchSound(); },
    });
    this.#views = this.#makeViews();
    this.#versions = register(() => this.#idle(), () => { this.#shell.tell(this.#speech.say('update_ready')); });
    this.#listen();
  }

  /** Opens with what is remembered, at once, and asks the service beside it. */
  async start(): Promise<void> {
    this.#becoming.takeLink();
    this.#notice = this.#who.remembered(this.#offline !== undefined);
    if (this.#offline) setInterval(() => { void this.#offline?.tell(); }, AGES_MS);
    this.#drawStanding();
    this.#drawPage();
    void wear(this.#preferences, () => { this.#drawHead(); });
    // Before anything that waits for the network.
    if (this.#offline) this.#runner.resume(this.#who.me?.id ?? '');
    await (this.#offline ? this.#offline.start() : this.#refresh());
    const device = this.#preferences.camera;
    if (this.#scanning() && device !== undefined) void this.#camera.start(device);
  }

  #listen(): void {
    hearWedge((scan) => {
      if (scan.kind === 'pass') this.#scanned(scan.digits, 'wedge');
      else if (this.#notice === undefined) this.#runner.take({ type: 'unreadable' });
    });
    addEventListener('hashchange', () => { this.#becoming.takeLink(); this.#pageChanged(); });
    addEventListener('online', () => { this.#networkChanged(); this.#goOn(); });
    addEventListener('offline', () => { this.#networkChanged(); void this.#offline?.tell(); });
    addEventListener('pageshow', (event) => { if (event.persisted) void this.#refresh(); });
    document.addEventListener('visibilitychange', () => {
      this.#followCamera();
      if (!document.hidden) this.#goOn();
    });
    this.#networkChanged();
  }

  /** Whatever waits for the network is tried again. */
  #goOn(): void {
    this.#runner.take({ type: 'retry' });
    this.#offline?.back();
    if (this.#offline) this.#runner.resume(this.#who.me?.id ?? '');
    else if (this.#notice !== undefined || this.#who.me === undefined) void this.#refresh();
    else this.#runner.resume(this.#who.me.id);
  }

  async #refresh(): Promise<void> {
    clearTimeout(this.#retrying);
    if (this.#offline) await this.#offline.refresh();
    else this.#noticed(await this.#ask());
  }

  #noticed(notice: Notice | undefined): void {
    const before = this.#notice;
    this.#notice = notice;
    if (notice === 'unreachable') {
      this.#retrying = setTimeout(() => { void this.#refresh(); }, TRY_AGAIN_MS);
    }
    if (notice !== before || notice !== undefined) this.#drawPage();
    else this.#drawHead();
    if (notice === undefined && this.#who.me) this.#runner.resume(this.#who.me.id);
  }

  async #ask(): Promise<Notice | undefined> {
    if (!this.#kept.identity) return this.#who.person(this.#service);
    const own = await this.#service.ownDevice();
    // What its supervisor sees of it; nothing here depends on the answer.
    if (own.kind === 'ok') void this.#service.report(VERSION, this.#attempts.count());
    return this.#who.device(own);
  }

  #heardOfDevice(own: Outcome<OwnDevice>): void {
    // Without an answer it goes on with what it knows.
    if (own.kind === 'ok' || saysRevoked(own)) this.#noticed(this.#who.device(own));
  }

  #stands(standing: Standing): void {
    const before = this.#standing;
    this.#standing = standing;
    this.#drawStanding();
    if (before?.network === 'offline' && standing.network !== 'offline') void this.#history?.load();
    if (before?.waiting === standing.waiting && before.problems === standing.problems) return;
    void this.#history?.loadOwn();
    if (this.#notice === 'revoked') this.#drawPage();
  }

  // Codes.

  #seen(texts: readonly string[]): void {
    const { camera } = this.#views;
    const [text, ...others] = new Set(texts);
    if (text === undefined) return camera.nothing();
    if (others.length > 0) return camera.hint('several');
    const digits = passDigits(text);
    if (digits === undefined) return camera.hint('not_pass');
    this.#scanned(digits, 'camera');
    camera.hint(underWay(this.#runner.model) ? 'aim' : 'still_there');
  }

  #scanned(code: string, source: Source): void {
    const attempt = this.#attempt(code, this.#views.choices.workshops);
    if (attempt) this.#runner.take({ type: 'scanned', source, attempt, at: performance.now() });
  }

  #attempt(code: string, workshops: number): Attempt | undefined {
    const [me, venue] = [this.#who.me, this.#preferences.venue];
    if (this.#notice !== undefined || !me || !venue) return undefined;
    const redeeming = { venue: venue.id, code, workshops, ...this.#views.choices.delivery };
    return { id: newId(), by: me.id, madeAt: Date.now(), redeeming };
  }

  #scanChanged({ state }: Model, before: Model): void {
    for (const question of document.querySelectorAll<HTMLDialogElement>('dialog.question')) question.close();
    this.#camera.paused = state.name !== 'ready';
    const taken = state.name === 'accepted' || state.name === 'recorded';
    if (taken && state.name !== before.state.name) {
      this.#lastReceipt = state.name === 'recorded' || state.receipt.reversed ? undefined : state.receipt;
      this.#views.ready.last(this.#lastReceipt);
      this.#views.choices.reset();
      this.#views.code.clear();
      this.#shell.tell('');
    }
    this.#views.result.show(state);
    if (state.name !== 'ready') return;
    void this.#history?.load();
    // Something older may still be waiting.
    if (this.#who.me) this.#runner.resume(this.#who.me.id);
    this.#versions.settled();
  }

  #another(attempt: Attempt, workshops: number): void {
    const next = this.#attempt(attempt.redeeming.code, workshops);
    if (next) this.#runner.take({ type: 'another', attempt: next });
  }

  #undo(one: Receipt | Redemption): void {
    const key = crypto.randomUUID();
    askUndo(this.#speech, {
      workshops: one.workshops,
      occurred_at: one.occurred_at,
      reverse: () => this.#service.reverse(one.seq, key),
      done: (left) => {
        void this.#offline?.undone(one.seq);
        if (this.#lastReceipt?.seq === one.seq) this.#lastReceipt = undefined;
        this.#views.ready.last(this.#lastReceipt);
        this.#runner.take({ type: 'undone', seq: one.seq });
        this.#shell.tell(this.#speech.say('undone', { n: left }));
        void this.#history?.load();
      },
    });
  }

  /** Nothing here that a new version of the page would throw away. */
  #idle(): boolean {
    return !underWay(this.#runner.model) && !this.#views.code.begun
      && this.#views.choices.workshops === 1 && document.querySelector('dialog[open]') === null;
  }

  // Pages.

  get #page(): Page {
    const page = pageOf(location.hash);
    if (page === 'enrol' && !this.#becoming.invited) return 'scan';
    return page === 'scan' && !this.#preferences.venue ? 'venue' : page;
  }

  #scanning(): boolean {
    return this.#notice === undefined && this.#page === 'scan' && !document.hidden;
  }

  #pageChanged(): void {
    this.#shell.tell('');
    this.#drawPage();
    this.#followCamera();
    this.#shell.main.querySelector<HTMLElement>('h1')?.focus();
  }

  /** On while its page is looked at, off at once when it is not. */
  #followCamera(): void {
    const device = this.#preferences.camera;
    if (!this.#scanning()) this.#camera.stop();
    else if (device !== undefined && this.#camera.state.name === 'off') void this.#camera.start(device);
  }

  #drawHead(): void {
    this.#shell.draw(this.#speech, {
      page: this.#page, brand: this.#preferences.looks.name, venue: this.#preferences.venue, muted: this.#cues.muted,
      open: this.#notice === undefined,
    });
  }

  #drawPage(): void {
    this.#drawHead();
    this.#history = undefined;
    this.#shell.main.replaceChildren(this.#content());
  }

  #content(): HTMLElement {
    const [speech, venue, page] = [this.#speech, this.#preferences.venue, this.#page];
    const enrolling = page === 'enrol' ? this.#becoming.page(speech) : undefined;
    if (enrolling) return enrolling;
    if (this.#notice !== undefined) {
      const here = { attempt: this.#attempts.count() > 0, waiting: this.#standing?.waiting ?? 0 };
      return noticeView(speech, this.#notice, here, {
        retry: () => { void this.#refresh(); },
        forget: () => { void this.#becoming.forget(); },
      });
    }
    if (page === 'venue' || !venue) {
      return venuesView(speech, this.#who.venues, venue?.id, this.#kept.identity?.name, (chosen) => { this.#choose(chosen); });
    }
    if (page === 'scan') return this.#views.ready.element;
    this.#history = new HistoryView(speech, venue, {
      load: () => this.#service.redemptions(venue.id, startOfToday()),
      undo: (redemption) => { this.#undo(redemption); },
      own: async () => this.#offline?.history(startOfToday().getTime()) ?? [],
    });
    return this.#history.element;
  }

  #choose(venue: Venue): void {
    this.#preferences.venue = venue;
    if (pageOf(location.hash) === 'scan') this.#pageChanged();
    else location.hash = '#scan';
  }

  #makeViews(): Views {
    const [speech, wishes] = [this.#speech, this.#preferences];
    const camera = new CameraPanel(this.#camera, speech, {
      start: (device) => { wishes.camera = device; void this.#camera.start(device); },
      stop: () => { wishes.camera = undefined; this.#camera.stop(); },
      torch: (on) => { void this.#camera.setTorch(on); },
    });
    const code = new CodeField(speech, (typed) => { this.#scanned(typed, 'typed'); });
    const choices = new Choices(speech, wishes.delivery, (delivery) => { wishes.delivery = delivery; });
    const ready = new ReadyView(speech, camera, code, choices, (receipt) => { this.#undo(receipt); });
    const result = new ResultView(speech, () => this.#preferences.venue, () => this.#standing, {
      dismiss: () => { this.#runner.take({ type: 'dismissed' }); },
      retry: () => { this.#runner.take({ type: 'retry' }); },
      giveUp: () => { askGiveUp(this.#speech, () => { this.#runner.take({ type: 'given_up' }); }); },
      another: (attempt, workshops) => { this.#another(attempt, workshops); },
      undo: (receipt) => { this.#undo(receipt); },
    });
    document.body.append(result.element);
    return { camera, code, choices, ready, result };
  }

  #switchLanguage(): void {
    const language = this.#speech.language === 'fr' ? 'en' : 'fr';
    this.#preferences.language = language;
    this.#speech = new Speech(language);
    this.#views.result.element.remove();
    this.#views = this.#makeViews();
    this.#views.ready.last(this.#lastReceipt);
    this.#shell.tell('');
    this.#networkChanged();
    this.#drawStanding();
    this.#drawPage();
  }

  #drawStanding(): void {
    if (this.#standing) this.#shell.standing.show(this.#speech, this.#standing);
    else if (this.#kept.identity && !this.#offline) this.#shell.standing.cannot(this.#speech);
  }

  #switchSound(): void {
    this.#cues.muted = !this.#cues.muted;
    this.#preferences.muted = this.#cues.muted;
    this.#drawHead();
  }

  #networkChanged(): void {
    // A device says more, and goes on.
    this.#shell.network(navigator.onLine || this.#offline ? '' : this.#speech.say('offline'));
  }
}

/** Of this page's script, which is named by its content. */
const VERSION = `scan ${/-([\w-]+)\.js/.exec(import.meta.url)?.[1] ?? 'dev'}`;

function startOfToday(): Date {
  const today = new Date();
  today.setHours(0, 0, 0, 0);
  return today;
}
