// What shows the contract in a browser: the released files of Swagger UI that its page asks for, each
// packed, in a folder of their own. They are not the scanner's.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const FILES = [
  'index.html',
  'index.css',
  'swagger-ui.css',
  'swagger-ui-bundle.js',
  'swagger-ui-standalone-preset.js',
  'favicon-16x16.png',
  'favicon-32x32.png',
];

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export function viewer(): Plugin {
  return {
    name: 'viewer',
    apply: 'build',
    closeBundle() {
      const folder = at('../dist-viewer');
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
      for (const name of FILES) {
        const content = readFileSync(at(`../node_modules/swagger-ui-dist/${name}`));
        writeFileSync(`${folder}/${name}.gz`, gzipSync(content, { level: 9 }));
      }
    },
  };
}
