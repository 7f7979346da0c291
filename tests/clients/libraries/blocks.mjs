// The blocks of code in docs/clients.md, by the names of their files.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

export function blocks() {
  const paper = readFileSync(`${ROOT}/docs/clients.md`, 'utf8');
  const found = [...paper.matchAll(/^```\w+ file=(\S+)\n(.*?)^```$/gms)].map(([, file, text]) => [file, text]);
  const files = new Map(found);
  if (files.size !== found.length) throw new Error('docs/clients.md has two blocks for one file');
  return files;
}
