// Starts a server on a new SQLite database.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** The address of the server, and how to stop it. */
export async function start(program, ...more) {
  const dir = mkdtempSync(join(tmpdir(), 'daybook-explorer-'));
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('DAYBOOK_') && name !== 'DATABASE_URL');
  const server = spawn(resolve(program), ['--listen', '127.0.0.1:0', ...more], {
    cwd: dir, env: Object.fromEntries(own), stdio: ['ignore', 'pipe', 'ignore'],
  });
  const stop = () => {
    server.kill();
    rmSync(dir, { recursive: true, force: true });
  };
  for await (const line of createInterface({ input: server.stdout })) {
    const url = /(http:\/\/\S+)\/graphql/.exec(line);
    if (url) return { url: url[1], stop };
  }
  stop();
  throw new Error(`${program} ended without a line that names the endpoint`);
}
