// Finds QR codes in pictures, beside the page so that nothing stutters. The wasm is our own file:
// by default the library would ask a public network for it.

import { prepareZXingModule, type ReaderOptions, readBarcodes } from 'zxing-wasm/reader';
import wasm from 'zxing-wasm/reader/zxing_reader.wasm?url';

/** Two: enough to see that there are several. */
const OPTIONS: ReaderOptions = { formats: ['QRCode'], tryHarder: true, maxNumberOfSymbols: 2 };

// Not bound to the constructor of ImageData: a test of its shape does.
interface Picture { readonly id: number; readonly width: number; readonly height: number; readonly pixels: ArrayBuffer }

function isPicture(value: unknown): value is Picture {
  return typeof value === 'object' && value !== null && 'pixels' in value;
}

prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true })
  .then(() => { postMessage({ ready: true }); }, () => { postMessage({ ready: false }); });

addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  if (isPicture(data)) void decode(data);
});

async function decode({ id, width, height, pixels }: Picture): Promise<void> {
  let texts: string[] = [];
  try {
    const image = new ImageData(new Uint8ClampedArray(pixels), width, height);
    const found = await readBarcodes(image, OPTIONS);
    texts = found.filter((one) => one.isValid).map((one) => one.text);
  } catch {
    // A picture that cannot be read shows no code; the next one comes soon.
  }
  postMessage({ id, texts });
}
