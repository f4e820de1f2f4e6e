// The camera: asks for it, shows it in a video element, hands its pictures to the decoder, and
// says in one word why it does not work.

import type { Decoder } from './decoder.ts';

export type CameraTrouble = 'refused' | 'absent' | 'in_use' | 'insecure' | 'lost' | 'decoder';

export type CameraState =
  | { readonly name: 'off' }
  | { readonly name: 'starting' }
  | { readonly name: 'on'; readonly device: string; readonly torch: boolean | undefined }
  | { readonly name: 'failed'; readonly trouble: CameraTrouble };

export interface Device { readonly id: string; readonly label: string }

/** Some eight pictures a second: as fast as anybody holds a paper still. */
const PAUSE_MS = 120;
/** Wider pictures are made smaller: the modules of a pass stay several pixels wide. */
const WIDEST = 1280;

export class Camera {
  /** Looks, but does not decode, while a result is shown. */
  paused = false;
  readonly video: HTMLVideoElement;
  #state: CameraState = { name: 'off' };
  #stream: MediaStream | undefined;
  /** Counts starts and stops, so that a late answer of an earlier one changes nothing. */
  #turn = 0;
  readonly #canvas = document.createElement('canvas');
  readonly #decoder: Decoder;
  readonly #seen: (texts: string[]) => void;
  readonly #changed: () => void;

  constructor(decoder: Decoder, seen: (texts: string[]) => void, changed: () => void) {
    this.#decoder = decoder;
    this.#seen = seen;
    this.#changed = changed;
    this.video = document.createElement('video');
    this.video.muted = true;
    this.video.playsInline = true;
  }

  get state(): CameraState {
    return this.#state;
  }

  async start(device: string): Promise<void> {
    this.#release();
    this.#turn += 1;
    const turn = this.#turn;
    if (!isSecureContext || !('mediaDevices' in navigator)) {
      this.#become({ name: 'failed', trouble: 'insecure' });
      return;
    }
    this.#become({ name: 'starting' });
    const [stream, decodes] = await Promise.all([open(device), this.#decoder.start()]);
    if (turn !== this.#turn) {
      if (typeof stream !== 'string') for (const track of stream.getTracks()) track.stop();
      return;
    }
    if (typeof stream === 'string') {
      this.#become({ name: 'failed', trouble: stream });
      return;
    }
    this.#stream = stream;
    if (!decodes) {
      this.#fail('decoder');
      return;
    }
    await this.#show(stream, turn);
  }

  /** Lets go of the camera: its light goes out. */
  stop(): void {
    this.#turn += 1;
    this.#release();
    this.#become({ name: 'off' });
  }

  async devices(): Promise<Device[]> {
    const all = await navigator.mediaDevices.enumerateDevices();
    return all.filter((one) => one.kind === 'videoinput' && one.deviceId !== '')
      .map((one) => ({ id: one.deviceId, label: one.label }));
  }

  async setTorch(torch: boolean): Promise<void> {
    const track = this.#stream?.getVideoTracks()[0];
    if (this.#state.name !== 'on' || !track) return;
    // Not in the DOM's types yet.
    const constraint: MediaTrackConstraintSet & { torch: boolean } = { torch };
    try {
      await track.applyConstraints({ advanced: [constraint] });
      this.#become({ ...this.#state, torch });
    } catch {
      this.#become({ ...this.#state, torch: undefined });
    }
  }

  async #show(stream: MediaStream, turn: number): Promise<void> {
    const track = stream.getVideoTracks()[0];
    track?.addEventListener('ended', () => { if (turn === this.#turn) this.#fail('lost'); });
    this.video.srcObject = stream;
    try {
      await this.video.play();
    } catch {
      // Moved about or stopped while it began; the loop below waits for a picture.
    }
    if (turn !== this.#turn) return;
    const able: object = track && 'getCapabilities' in track ? track.getCapabilities() : {};
    const device = track?.getSettings().deviceId ?? '';
    this.#become({ name: 'on', device, torch: 'torch' in able ? false : undefined });
    void this.#look(turn);
  }

  async #look(turn: number): Promise<void> {
    while (turn === this.#turn) {
      const image = this.paused ? undefined : this.#picture();
      const texts = image ? await this.#decoder.read(image) : [];
      if (turn !== this.#turn) return;
      // What was looked at before a pause may be answered within it.
      if (!this.paused) this.#seen(texts);
      await new Promise((resolve) => { setTimeout(resolve, PAUSE_MS); });
    }
  }

  #picture(): ImageData | undefined {
    const { videoWidth, videoHeight } = this.video;
    if (videoWidth === 0 || this.video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return undefined;
    const scale = Math.min(1, WIDEST / videoWidth);
    const [width, height] = [Math.round(videoWidth * scale), Math.round(videoHeight * scale)];
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    const context = this.#canvas.getContext('2d', { willReadFrequently: true });
    context?.drawImage(this.video, 0, 0, width, height);
    return context?.getImageData(0, 0, width, height);
  }

  #fail(trouble: CameraTrouble): void {
    this.#turn += 1;
    this.#release();
    this.#become({ name: 'failed', trouble });
  }

  #release(): void {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = undefined;
    this.video.srcObject = null;
  }

  #become(state: CameraState): void {
    this.#state = state;
    this.#changed();
  }
}

/** A stream of the wanted camera, else of any; or why there is none. */
async function open(device: string): Promise<MediaStream | CameraTrouble> {
  const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
  const wanted = device === '' ? { facingMode: { ideal: 'environment' } } : { deviceId: { exact: device } };
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { ...size, ...wanted }, audio: false });
  } catch (error) {
    const name = error instanceof DOMException ? error.name : '';
    // The camera of last time is not plugged in today.
    if (device !== '' && (name === 'OverconstrainedError' || name === 'NotFoundError')) return open('');
    return troubleOf(name);
  }
}

/** What the names of getUserMedia's errors mean to people. */
export function troubleOf(name: string): CameraTrouble {
  switch (name) {
    case 'NotAllowedError': return 'refused';
    case 'SecurityError': return 'refused';
    case 'NotFoundError': return 'absent';
    case 'OverconstrainedError': return 'absent';
    default: return 'in_use';
  }
}
