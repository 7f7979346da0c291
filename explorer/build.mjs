// Builds the explorer and writes its files, compressed by Brotli, to src/server/explorer/assets: `npm ci && npm run build`.
// `npm run check` writes nothing; it fails if the committed files are not what is built here. The contents are compared, since
// another version of Brotli may compress them otherwise.

import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { build } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));
const assets = fileURLToPath(new URL('../src/server/explorer/assets', import.meta.url));
const outDir = mkdtempSync(join(tmpdir(), 'daybook-explorer-'));

function compress(bytes) {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return brotliCompressSync(bytes, { params });
}

function committed() {
  const files = readdirSync(assets).filter((name) => name.endsWith('.br'));
  return new Map(files.map((name) => [name.slice(0, -3), brotliDecompressSync(readFileSync(join(assets, name)))]));
}

try {
  await build({ root, build: { outDir, emptyOutDir: true } });
  const paths = readdirSync(outDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const built = new Map(paths.map((entry) => {
    const path = join(entry.parentPath, entry.name);
    return [relative(outDir, path).replace(/^explorer\//, ''), readFileSync(path)];
  }));
  if (process.argv.includes('--check')) {
    const old = committed();
    const names = [...new Set([...built.keys(), ...old.keys()])].sort();
    const stale = names.filter((name) => !built.get(name)?.equals(old.get(name) ?? Buffer.of()));
    if (stale.length) {
      console.error(`src/server/explorer/assets is stale (${stale.join(', ')}): run \`npm run build\` and commit it`);
      process.exitCode = 1;
    }
  } else {
    rmSync(assets, { recursive: true, force: true });
    mkdirSync(assets, { recursive: true });
    let total = 0;
    for (const [name, bytes] of built) {
      const small = compress(bytes);
      total += small.length;
      writeFileSync(join(assets, `${name}.br`), small);
      console.log(`${name}: ${bytes.length} bytes, compressed ${small.length}`);
    }
    console.log(`together ${total} bytes`);
  }
} finally {
  rmSync(outDir, { recursive: true, force: true });
}
