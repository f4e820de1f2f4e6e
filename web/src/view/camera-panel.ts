// The camera on the page: its picture, which camera, its light, and what to do when it fails.

import type { Camera, CameraState, CameraTrouble, Device } from '../read/camera.ts';
import type { Speech } from '../words/index.ts';
import { fill, h, icon, setText } from './dom.ts';

export type CameraHint = 'aim' | 'not_pass' | 'several' | 'still_there';

/** So long a hint stays after what it was about: a code held still is not read in every picture. */
const HINT_STAYS_MS = 2_000;

export interface CameraWishes {
  start(device: string): void;
  stop(): void;
  torch(on: boolean): void;
}

export class CameraPanel {
  readonly element: HTMLElement;
  readonly #body = h('div', { class: 'camera-body' });
  readonly #controls = h('div', { class: 'camera-controls' });
  readonly #hint = h('p', { class: 'camera-hint', role: 'status' });
  readonly #camera: Camera;
  readonly #speech: Speech;
  readonly #wishes: CameraWishes;
  #shown: CameraState['name'] | undefined;
  #hintedAt = 0;

  constructor(camera: Camera, speech: Speech, wishes: CameraWishes) {
    this.#camera = camera;
    this.#speech = speech;
    this.#wishes = wishes;
    this.element = h('section', { class: 'panel camera', 'aria-labelledby': 'camera-title' },
      h('h2', { id: 'camera-title' }, icon('camera'), speech.say('camera')),
      this.#body, this.#hint, this.#controls);
    this.changed();
  }

  changed(): void {
    const { state } = this.#camera;
    const before = this.#shown;
    this.#shown = state.name;
    this.element.dataset['state'] = state.name;
    const focused = this.element.contains(document.activeElement);
    if (state.name !== before || state.name === 'failed') this.#draw(state);
    if (state.name === 'on') void this.#drawControls(state);
    else fill(this.#controls);
    if (state.name !== 'on') setText(this.#hint, state.name === 'starting' ? this.#speech.say('camera_starting') : '');
    // The button that was pressed is gone: its place in the page is kept.
    if (focused && !this.element.contains(document.activeElement)) this.#button()?.focus();
  }

  hint(hint: CameraHint): void {
    if (this.#camera.state.name !== 'on') return;
    this.#hintedAt = performance.now();
    this.#hint.dataset['hint'] = hint;
    setText(this.#hint, this.#speech.say(`camera_${hint}`));
  }

  /** A picture without any code. */
  nothing(): void {
    if (performance.now() - this.#hintedAt > HINT_STAYS_MS) this.hint('aim');
  }

  #button(): HTMLElement | null {
    return this.element.querySelector('button');
  }

  #draw(state: CameraState): void {
    const { say } = this.#speech;
    const start = (): void => { this.#wishes.start(''); };
    switch (state.name) {
      case 'off':
        fill(this.#body, h('button', { type: 'button', class: 'start', onclick: start }, say('camera_start')));
        break;
      case 'failed':
        fill(this.#body, this.#trouble(state.trouble),
          h('button', { type: 'button', onclick: start }, say('try_again')));
        break;
      default:
        this.#camera.video.setAttribute('aria-label', say('camera_view'));
        if (!this.#body.contains(this.#camera.video)) {
          fill(this.#body, this.#camera.video, h('div', { class: 'frame', 'aria-hidden': 'true' }));
          // A video that is moved about in the page stops.
          if (this.#camera.video.srcObject) void this.#camera.video.play().catch(() => undefined);
        }
        if (state.name === 'on') this.hint('aim');
    }
  }

  #trouble(trouble: CameraTrouble): HTMLElement {
    const { say } = this.#speech;
    return h('div', { class: 'trouble', role: 'alert' },
      h('p', {}, h('strong', {}, say(`camera_${trouble}`))), h('p', {}, say(`camera_${trouble}_do`)));
  }

  async #drawControls(state: CameraState & { name: 'on' }): Promise<void> {
    const devices = await this.#camera.devices();
    if (this.#camera.state !== state) return;
    const { say } = this.#speech;
    fill(this.#controls,
      devices.length > 1 ? this.#chooser(devices, state.device) : undefined,
      state.torch === undefined ? undefined : h('button', {
        type: 'button', class: 'second', 'aria-pressed': String(state.torch),
        onclick: () => { this.#wishes.torch(!state.torch); },
      }, say('camera_torch')),
      h('button', {
        type: 'button', class: 'second', onclick: () => { this.#wishes.stop(); },
      }, say('camera_stop')));
  }

  #chooser(devices: readonly Device[], chosen: string): HTMLElement {
    const { say } = this.#speech;
    const select = h('select', {
      id: 'camera-which', onchange: () => { this.#wishes.start(select.value); },
    }, ...devices.map(({ id, label }, i) => h('option', { value: id, selected: id === chosen },
      label === '' ? say('camera_number', { n: i + 1 }) : label)));
    return h('div', { class: 'field' },
      h('label', { for: 'camera-which', class: 'quiet-label' }, say('camera_which')), select);
  }
}
