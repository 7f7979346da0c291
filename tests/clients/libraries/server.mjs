// Starts Daybook on a new database, of SQLite or of PostgreSQL.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';

/** The secret that signs the access tokens, by which a test makes one that has expired. */
export const SECRET = 'a secret for tests, of 32 bytes and more';

/** A port that nobody listens on. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** Starts the program; what is returned stops it and removes its data. */
export async function start(program, database, port, ...flags) {
  const dir = mkdtempSync(join(tmpdir(), 'daybook-clients-'));
  const store = database === 'postgresql' ? await postgresDatabase() : { url: `sqlite:${join(dir, 'daybook.db')}`, drop() {} };
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('DAYBOOK_') && name !== 'DATABASE_URL');
  const env = { ...Object.fromEntries(own), DATABASE_URL: store.url, DAYBOOK_JWT_SECRET: SECRET };
  const always = ['--listen', `127.0.0.1:${port}`, '--log', 'warn', '--migrate', 'always', '--password-hash', 'm=8,t=1,p=1'];
  const server = spawn(resolve(program), [...always, '--request-cost-per-minute', '0', ...flags], {
    cwd: dir, env, stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((done) => server.once('exit', done));
  const stop = async () => {
    server.kill();
    await ended;
    await store.drop();
    rmSync(dir, { recursive: true, force: true });
  };
  const listens = await new Promise((done) => {
    createInterface({ input: server.stdout }).on('line', (line) => /http:\/\/\S+\/graphql/.test(line) && done(true));
    ended.then(() => done(false));
  });
  if (listens) return stop;
  await stop();
  throw new Error(`${program} ended without a line that names the endpoint`);
}

/** A new database on the server of TEST_POSTGRES_URL, or on a server of its own. */
async function postgresDatabase() {
  const given = process.env.TEST_POSTGRES_URL;
  const server = given ? { url: (name) => within(given, name), stop() {} } : ownPostgres();
  const name = `daybook_clients_${process.pid}_${Date.now()}`;
  await run(given ?? server.url('postgres'), `CREATE DATABASE ${name}`);
  return {
    url: server.url(name),
    async drop() {
      await run(given ?? server.url('postgres'), `DROP DATABASE ${name} WITH (FORCE)`);
      server.stop();
    },
  };
}

function within(url, name) {
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.href;
}

async function run(connectionString, statement) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

/** Starts a server of the installed package; PostgreSQL refuses to run as root. */
function ownPostgres() {
  const dir = mkdtempSync(join(tmpdir(), 'daybook-pg-'));
  const isRoot = process.getuid() === 0;
  const call = (program, ...args) => {
    const command = [join(programs(), program), '-D', join(dir, 'data'), ...args];
    if (isRoot) command.unshift('runuser', '-u', 'postgres', '--');
    execFileSync(command[0], command.slice(1), { cwd: dir, stdio: 'ignore' });
  };
  if (isRoot) execFileSync('chown', ['postgres', dir]);
  call('initdb', '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync');
  call('pg_ctl', '-w', '-l', join(dir, 'log'), '-o', `-c unix_socket_directories=${dir} -c listen_addresses= -c fsync=off`, 'start');
  const stop = () => {
    call('pg_ctl', '-m', 'immediate', 'stop');
    rmSync(dir, { recursive: true, force: true });
  };
  return { url: (name) => `postgres://postgres@localhost/${name}?host=${dir}`, stop };
}

function programs() {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort().reverse().map((version) => join(debian, version, 'bin')) : [];
  const place = [...versions, ...process.env.PATH.split(':')].find((one) => existsSync(join(one, 'initdb')));
  if (!place) throw new Error('PostgreSQL is not installed');
  return place;
}
