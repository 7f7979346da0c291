// Compares schema.graphql with that of the last release, `released.graphql`, by graphql-inspector. A change that can break a client
// needs a line in CHANGELOG.md, under [Unreleased] in a list "Changed" or "Removed", which names what has changed in backticks:
// `Type.field` or the field alone. `node breaking.mjs`; at a release, `node breaking.mjs --release` writes `released.graphql`.

import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema, parse, print, visit } from 'graphql';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ROOT } from './blocks.mjs';

const file = new URL('released.graphql', import.meta.url);
const current = readFileSync(`${ROOT}/schema.graphql`, 'utf8');

/** The lines of the lists in which a breaking change may stand. */
export function namedIn(changelog) {
  const unreleased = changelog.split(/^## /m).find((part) => part.startsWith('[Unreleased]')) ?? '';
  const lists = unreleased.split(/^#{3,4} /m).filter((part) => /^(Changed|Removed)/.test(part));
  return new Set([...lists.join('\n').matchAll(/`([\w.]+)[^`]*`/g)].map(([, name]) => name));
}

/** Whether the changelog names the part of the schema that a path leads to, such as `Query.customers.filter`. */
export function isNamed(path, names) {
  const parts = path.split('.');
  const [type, field = type] = parts;
  return [path, `${type}.${field}`, field, parts.at(-1)].some((name) => names.has(name));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();

async function main() {
  if (process.argv.includes('--release')) {
    const bare = visit(parse(current), { enter: (node) => (node.description ? { ...node, description: undefined } : undefined) });
    writeFileSync(file, `# The schema of the last release, without descriptions. \`node breaking.mjs --release\` writes it.\n\n${print(bare)}\n`);
  } else {
    const changes = await diff(buildSchema(readFileSync(file, 'utf8')), buildSchema(current));
    const breaking = changes.filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking);
    const names = namedIn(readFileSync(`${ROOT}/CHANGELOG.md`, 'utf8'));
    const silent = breaking.filter(({ path }) => !isNamed(path ?? '', names));
    for (const { message } of silent) console.error(`can break a client, and CHANGELOG.md does not say so: ${message}`);
    console.log(`${breaking.length} changes since the last release can break clients, and ${silent.length} of them are not in CHANGELOG.md`);
    process.exitCode = silent.length ? 1 : 0;
  }
}
