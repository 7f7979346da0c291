// Builds one page, one script, one style sheet and three workers, with names that stay the same: the server revalidates them by
// their entity tags, and a comparison of two builds shows what changed.

import { defineConfig } from 'vite';

/** The editor formats JSON by `jsonc-parser`, which it contains anyway, in place of Babel: 0.7 MB less. */
const formatsJson = {
  name: 'formats-json',
  transform(code, id) {
    if (!/@graphiql\/react\/dist\/utility\/jsonc\.js$/.test(id)) return undefined;
    const own = `import { parse, printParseErrorCode, format, applyEdits } from "jsonc-parser";
async function formatJSONC(text) {
  return applyEdits(text, format(text, undefined, { tabSize: 2, insertSpaces: true }));
}`;
    const begin = code.indexOf('import {');
    const end = code.indexOf('var formatter');
    if (begin < 0 || end < begin) this.error('jsonc.js of @graphiql/react has another form');
    return { code: own + code.slice(end), map: null };
  },
};

/** The fonts of GraphiQL are left out: 0.5 MB. The system has fonts. The icons of the editor stay. */
const systemFonts = {
  name: 'system-fonts',
  enforce: 'pre',
  transform(code, id) {
    if (!id.includes('graphiql/dist/style.css')) return undefined;
    const kept = code.replaceAll(/@font-face\s*\{[^}]*\}/g, (face) => (face.includes('codicon') ? face : ''));
    if (kept.length > 400_000) this.error('style.css of GraphiQL has another form');
    return { code: kept, map: null };
  },
};

/** For screen readers: a tab is the button, not the item with its two buttons; an item of the history is named by its operation. */
const readable = {
  name: 'readable',
  transform(code, id) {
    const changes = [
      ['components/tabs/index.js', '"aria-selected": isActive,', ''],
      ['components/tabs/index.js', 'role: "tab",', 'role: "presentation",'],
      ['graphiql/dist/GraphiQL.js', 'title: tab.title, onClick: handleTabClick',
        'role: "tab", "aria-selected": index_1 === activeTabIndex, title: tab.title, onClick: handleTabClick'],
      ['plugin-history/dist/components.js', '"aria-label": "Set active",', ''],
    ].filter(([file]) => id.endsWith(file));
    if (!changes.length) return undefined;
    return { code: changes.reduce((text, [, from, to]) => {
      if (!text.includes(from)) this.error(`${id} has another form`);
      return text.replace(from, to);
    }, code), map: null };
  },
};

/** The worker of the schema does not format: the button "Prettify" does that in the page. */
const noPrettier = {
  name: 'no-prettier',
  enforce: 'pre',
  resolveId: (id) => (id.startsWith('prettier/') ? '\0no-prettier' : undefined),
  load: (id) => (id === '\0no-prettier' ? 'export {};' : undefined),
};

export default defineConfig({
  base: './',
  logLevel: 'error',
  plugins: [formatsJson, systemFonts, readable],
  build: {
    target: 'es2022',
    assetsInlineLimit: 200_000,
    chunkSizeWarningLimit: 8000,
    cssCodeSplit: false,
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        codeSplitting: false,
        entryFileNames: 'explorer/explorer.js',
        assetFileNames: 'explorer/explorer[extname]',
      },
    },
  },
  worker: {
    format: 'es',
    plugins: () => [noPrettier],
    rolldownOptions: { output: { codeSplitting: false, entryFileNames: 'explorer/[name].js' } },
  },
});
