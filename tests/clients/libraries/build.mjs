// Makes the projects of `work/` from docs/clients.md and the tests in this folder, generates their types, checks them by the
// compiler, and builds the tests: `node build.mjs`. Needs VITE_DAYBOOK_URL, the endpoint that the app of the page calls.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { blocks, ROOT } from './blocks.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));

/** The files of docs/clients.md in each project, and what generates its types. */
const projects = {
  web: {
    files: [
      'codegen.ts', 'src/App.tsx', 'src/apollo.ts', 'src/apollo-add-entry.ts', 'src/apollo-live.ts', 'src/documents.ts', 'src/live.ts',
      'src/money.ts', 'src/new-id.ts', 'src/session.ts', 'src/sse.ts', 'src/urql.ts', 'src/urql-add-entry.ts', 'src/urql-changes.ts',
      'src/urql-live.ts',
    ],
    generate: ['graphql-codegen'],
  },
  tada: { files: ['src/session.ts', 'src/tada.ts', 'tada-tsconfig.json'], generate: ['gql.tada', 'generate-output'] },
  relay: {
    files: [
      'relay.config.json', 'src/CustomerCard.tsx', 'src/CustomerList.tsx', 'src/live.ts', 'src/relay.ts', 'src/relay-live.ts',
      'src/session.ts', 'vite.config.ts',
    ],
    generate: ['relay-compiler'],
  },
};
const python = ['daybook.py', 'operations.graphql', 'pyproject.toml'];

const compilerOptions = JSON.parse(readFileSync(join(here, 'tsconfig.json'), 'utf8')).compilerOptions;
const page = blocks();
const used = new Set([...python, ...Object.values(projects).flatMap(({ files }) => files)]);
const unused = [...page.keys()].filter((file) => !used.has(file));
if (unused.length) throw new Error(`no project uses ${unused.join(', ')} of docs/clients.md`);

rmSync(join(here, 'work'), { recursive: true, force: true });
for (const [name, { files, generate }] of Object.entries(projects)) {
  const project = join(here, 'work', name);
  lay(project, files);
  cpSync(join(here, name), join(project, 'src'), { recursive: true });
  for (const shared of ['harness.ts', 'window.ts']) cpSync(join(here, shared), join(project, 'src', shared));
  const own = files.includes('tada-tsconfig.json') ? JSON.parse(page.get('tada-tsconfig.json')) : {};
  // In Node, urql's packages would be loaded twice, as CommonJS and as modules.
  if (!files.includes('vite.config.ts')) write(project, 'vite.config.ts', 'export default { ssr: { noExternal: [/urql/, "wonka"] } };\n');
  write(project, 'tsconfig.json', JSON.stringify({ compilerOptions: { ...compilerOptions, ...own }, include: ['*.ts', 'src'] }));
  run(project, ...generate);
  run(project, 'tsc', '--project', 'tsconfig.json');
  const tests = readdirSync(join(project, 'src')).filter((file) => /\.test\.tsx?$/.test(file));
  for (const test of tests) run(project, 'vite', 'build', '--logLevel', 'warn', '--emptyOutDir', 'false', '--outDir', 'dist', '--ssr', `src/${test}`);
}
lay(join(here, 'work/python'), python);
cpSync(join(here, '../python'), join(here, 'work/python'), { recursive: true });

function lay(project, files) {
  for (const file of files) {
    if (!page.has(file)) throw new Error(`docs/clients.md has no ${file}`);
    write(project, file, page.get(file));
  }
  write(project, 'package.json', '{ "type": "module", "private": true }\n');
  cpSync(join(ROOT, 'schema.graphql'), join(project, 'schema.graphql'));
}

function write(project, file, text) {
  mkdirSync(dirname(join(project, file)), { recursive: true });
  writeFileSync(join(project, file), text);
}

function run(project, program, ...args) {
  const { status, stdout, stderr } = spawnSync(join(here, 'node_modules/.bin', program), args, { cwd: project, encoding: 'utf8' });
  if (status === 0) return;
  console.error(`${program} ${args.join(' ')}, in ${project}:\n${stdout}${stderr}`);
  process.exit(1);
}
