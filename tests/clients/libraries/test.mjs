// Runs the built tests against a server on each database: `node test.mjs PROGRAM PORT [DATABASE...]`.

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SECRET, start } from './server.mjs';

const [program, port, ...databases] = process.argv.slice(2);
const here = fileURLToPath(new URL('.', import.meta.url));
const tests = ['web', 'tada', 'relay'].flatMap((project) => {
  const dist = join(here, 'work', project, 'dist');
  return readdirSync(dist).filter((file) => file.endsWith('.test.js')).map((file) => join(dist, file));
});
const env = { ...process.env, TEST_SECRET: SECRET, DAYBOOK_URL: `http://127.0.0.1:${port}/graphql` };
const commands = [
  // Relay keeps timers for what may be used again, which nobody waits for here.
  [process.execPath, '--test', '--test-force-exit', ...tests],
  [join(here, 'work/venv/bin/python'), '-m', 'unittest', 'discover', '--start-directory', join(here, 'work/python')],
  [process.execPath, '--test', join(here, 'example.test.mjs')],
];

for (const database of databases) {
  console.log(`-- ${database}`);
  const stop = await start(program, database, port, '--cors-origins', 'http://localhost:5173');
  try {
    for (const [command, ...args] of commands) {
      const { status } = spawnSync(command, args, { env, stdio: 'inherit' });
      if (status !== 0) process.exitCode = 1;
    }
  } finally {
    await stop();
  }
}
