// Starts a server on a new SQLite database and audits its endpoint with the GraphQL-over-HTTP suite of graphql-http:
// `node audit.mjs ../../../target/debug/daybook`. Prints each audit that is not ok, and their number. The exit code is 0 only when
// all audits are ok.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { auditServer } from 'graphql-http';

// A newer suite may have more; a suite that finds nothing to audit has not passed.
const AUDITS = 61;

const program = resolve(process.argv[2] ?? '../../../target/debug/daybook');
const dir = mkdtempSync(join(tmpdir(), 'daybook-audit-'));
const own = Object.entries(process.env).filter(([name]) => !name.startsWith('DAYBOOK_') && name !== 'DATABASE_URL');
const server = spawn(program, ['--listen', '127.0.0.1:0'], {
  cwd: dir, env: Object.fromEntries(own), stdio: ['ignore', 'pipe', 'ignore'],
});

async function endpoint() {
  for await (const line of createInterface({ input: server.stdout })) {
    const url = /http:\/\/\S+\/graphql/.exec(line);
    if (url) return url[0];
  }
  throw new Error(`${program} ended without a line that names the endpoint`);
}

try {
  const results = await auditServer({ url: await endpoint() });
  for (const { id, name, status, reason } of results.filter(({ status }) => status !== 'ok')) {
    console.log(`${status} ${id} ${name}: ${reason}`);
  }
  const ok = results.filter(({ status }) => status === 'ok').length;
  console.log(`${ok} of ${results.length} audits are ok`);
  process.exitCode = ok === results.length && ok >= AUDITS ? 0 : 1;
} finally {
  server.kill();
  rmSync(dir, { recursive: true, force: true });
}
