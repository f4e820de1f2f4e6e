// The camera: its pictures go to the decoder one at a time. No meaning of what they show.

/** Between two pictures: a phone stays cool, and nobody notices. */
const PAUSE_MS = 120;
const WIDTH = 960;

export type Trouble = 'refused' | 'absent' | 'busy' | 'insecure' | 'failed';

export function trouble(cause: unknown): Trouble {
  if (!navigator.mediaDevices) return 'insecure';
  switch (cause instanceof DOMException ? cause.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'refused';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'absent';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    default:
      return 'failed';
  }
}

export class Camera {
  private stream: MediaStream | undefined;
  private worker: Worker | undefined;
  private readonly video: HTMLVideoElement;
  private readonly canvas = document.createElement('canvas');
  private readonly seen: (text: string) => void;

  constructor(video: HTMLVideoElement, seen: (text: string) => void) {
    this.video = video;
    this.seen = seen;
  }

  get running(): boolean {
    return this.stream !== undefined;
  }

  /** Starts a camera: the one named, or the one that looks away from the user. */
  async start(device?: string): Promise<void> {
    this.stop();
    if (!navigator.mediaDevices) throw new DOMException('', 'SecurityError');
    const wanted = device ? { deviceId: { exact: device } } : { facingMode: { ideal: 'environment' } };
    const video = { ...wanted, width: { ideal: 1280 }, height: { ideal: 720 } };
    const stream = await navigator.mediaDevices.getUserMedia({ video, audio: false });
    this.stream = stream;
    this.video.srcObject = stream;
    await this.video.play();
    this.worker ??= this.decoder();
    this.look();
  }

  stop(): void {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = undefined;
    this.video.srcObject = null;
  }

  /** The cameras that there are; names are told only once one was allowed. */
  async all(): Promise<MediaDeviceInfo[]> {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter((device) => device.kind === 'videoinput');
  }

  get current(): string | undefined {
    return this.stream?.getVideoTracks()[0]?.getSettings().deviceId;
  }

  /** Whether this camera has a lamp. */
  get hasTorch(): boolean {
    const track = this.stream?.getVideoTracks()[0];
    const can = track?.getCapabilities?.() as { torch?: boolean } | undefined;
    return can?.torch === true;
  }

  async torch(on: boolean): Promise<void> {
    const track = this.stream?.getVideoTracks()[0];
    await track?.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] });
  }

  private decoder(): Worker {
    const worker = new Worker(new URL('./decoder.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', (event: MessageEvent<string>) => {
      if (event.data !== '' && this.running) this.seen(event.data);
      setTimeout(() => this.look(), PAUSE_MS);
    });
    return worker;
  }

  private look(): void {
    if (!this.running) return;
    const { videoWidth, videoHeight } = this.video;
    const context = this.canvas.getContext('2d', { willReadFrequently: true });
    if (videoWidth === 0 || !context) {
      setTimeout(() => this.look(), PAUSE_MS);
      return;
    }
    const scale = Math.min(1, WIDTH / videoWidth);
    this.canvas.width = Math.round(videoWidth * scale);
    this.canvas.height = Math.round(videoHeight * scale);
    context.drawImage(this.video, 0, 0, this.canvas.width, this.canvas.height);
    const picture = context.getImageData(0, 0, this.canvas.width, this.canvas.height);
    this.worker?.postMessage(picture, [picture.data.buffer]);
  }
}
