// Finds a QR in a picture, beside the page: a worker with zxing's WebAssembly, served by us.

import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import wasm from 'zxing-wasm/reader/zxing_reader.wasm?url';

prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });

self.addEventListener('message', (event: MessageEvent<ImageData>) => {
  readBarcodes(event.data, { formats: ['QRCode'], maxNumberOfSymbols: 1, tryHarder: true })
    .then((found) => self.postMessage(found[0]?.text ?? ''))
    .catch(() => self.postMessage(''));
});
