// The page's side of the decoder: starts its worker when a camera needs it, and asks it.

import { fields } from '../api/types.ts';

/** A picture that takes longer than this is given up, so that a stuck worker stops nothing. */
const LONGEST_MS = 5_000;

export class Decoder {
  #worker: Worker | undefined;
  #ready: Promise<boolean> | undefined;
  #next = 0;
  readonly #asked = new Map<number, (texts: string[]) => void>();

  /** Whether it works; false when its files could not be had. A later start tries again. */
  start(): Promise<boolean> {
    this.#ready ??= new Promise<boolean>((resolve) => {
      const worker = new Worker(new URL('./decode.worker.ts', import.meta.url), { type: 'module' });
      this.#worker = worker;
      worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
        this.#heard(data, resolve);
      });
      worker.addEventListener('error', () => { resolve(false); });
    }).then((works) => {
      if (!works) this.stop();
      return works;
    });
    return this.#ready;
  }

  stop(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#ready = undefined;
    for (const answer of this.#asked.values()) answer([]);
    this.#asked.clear();
  }

  /** The texts of the QR codes in a picture, which is given away. */
  async read(image: ImageData): Promise<string[]> {
    if (!this.#worker) return [];
    const id = this.#next;
    this.#next += 1;
    const texts = new Promise<string[]>((resolve) => {
      const answer = (found: string[]): void => {
        this.#asked.delete(id);
        resolve(found);
      };
      this.#asked.set(id, answer);
      setTimeout(answer, LONGEST_MS, []);
    });
    const pixels = image.data.buffer;
    this.#worker.postMessage({ id, width: image.width, height: image.height, pixels }, [pixels]);
    return texts;
  }

  #heard(data: unknown, ready: (works: boolean) => void): void {
    const f = fields(data);
    if (typeof f?.['ready'] === 'boolean') ready(f['ready']);
    const { id, texts } = { id: f?.['id'], texts: f?.['texts'] };
    if (typeof id !== 'number' || !Array.isArray(texts)) return;
    this.#asked.get(id)?.(texts.filter((text) => typeof text === 'string'));
  }
}
