// The rule of breaking.mjs.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNamed, namedIn } from './breaking.mjs';

const changelog = `# Changelog
Nothing is said of \`Query.title\`.
## [Unreleased]
### Schema of 2026-12-03
#### Changed
- \`Allocation.receipt\` can be null, and so can \`paid\`.
#### Added
- \`Entry.open\`.
## 0.1.0
#### Removed
- \`Entry.note\`.
`;
const named = (path) => isNamed(path, namedIn(changelog));

test('a change is named by its type and field, or by its field', () => {
  assert.ok(named('Allocation.receipt'));
  assert.ok(named('Allocation.receipt.first'), 'an argument by its field');
  assert.ok(named('Invoice.paid'));
});

test('what is said under another heading or of another release does not count', () => {
  for (const path of ['Query.title', 'Entry.open', 'Entry.note', 'Allocation', 'Receipt.allocation']) assert.ok(!named(path), path);
});
