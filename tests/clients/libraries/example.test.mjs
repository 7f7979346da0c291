// Uses the built example app in Chromium, on an origin of its own that the server allows.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { blocks, ROOT } from './blocks.mjs';

const EXAMPLE = join(ROOT, 'examples/household');
const ORIGIN = 'http://localhost:5173';
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };
const username = `u${randomUUID().replaceAll('-', '').slice(0, 20)}`;
const problems = [];
const sockets = [];
let files, browser, page;
let isOffline = false;

/** Sends an operation as the user of the page. */
async function send(query, variables = {}) {
  const { accessToken } = JSON.parse(await page.evaluate(() => localStorage.getItem('daybook-session')));
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${accessToken}` };
  const response = await fetch(process.env.DAYBOOK_URL, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  const { data, errors } = await response.json();
  assert.equal(errors, undefined);
  return data;
}

const section = (name) => page.getByRole('region', { name });
const wallet = (name) => section('Wallets').getByRole('listitem').filter({ hasText: name }).locator('output');
const shows = (locator, text) => locator.filter({ hasText: text }).first().waitFor({ timeout: 10_000 });

before(async () => {
  files = createServer((request, response) => {
    const path = join(EXAMPLE, 'dist', request.url === '/' ? 'index.html' : request.url);
    if (!existsSync(path)) return response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream' });
    createReadStream(path).pipe(response);
  });
  await new Promise((done) => files.listen(5173, '127.0.0.1', done));
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  page = await browser.newPage({ locale: 'en-US', viewport: { width: 1000, height: 800 } });
  page.on('console', (message) => /error|warning/.test(message.type()) && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(String(error)));
  await page.routeWebSocket('**/graphql', (socket) => {
    if (isOffline) return socket.close();
    socket.connectToServer();
    return sockets.push(socket);
  });
  await page.goto(ORIGIN);
});

after(async () => {
  await browser?.close();
  files?.close();
});

test('the files of docs/clients.md in the app are those of the page', () => {
  const page = blocks();
  for (const file of [
    'documents.ts', 'live.ts', 'money.ts', 'new-id.ts', 'session.ts', 'urql.ts', 'urql-add-entry.ts', 'urql-changes.ts', 'urql-live.ts',
  ]) {
    assert.equal(readFileSync(join(EXAMPLE, 'src', file), 'utf8'), page.get(`src/${file}`), file);
  }
});

test('a wrong password is refused on the page', async () => {
  await page.getByLabel('User').fill(username);
  await page.getByLabel('Password').fill('correct horse battery');
  await page.getByRole('button', { name: 'Log in' }).click();
  await shows(page.getByRole('alert'), 'password is wrong');
  assert.equal(await page.getByLabel('User').inputValue(), username);
});

test('an account is created, and its wallet is shown', async () => {
  await page.getByLabel('Password').fill('correct horse battery');
  await page.getByRole('button', { name: 'Create an account' }).click();
  await shows(wallet('USD wallet'), '$0.00');
});

test('a payment changes both balances without a reload', async () => {
  await send(`mutation { createWallet(input: { name: "Savings", currency: "USD" }) { userErrors { code } } }`);
  await send(`mutation { deposit(input: { wallet: { username: "${username}" }, amount: "100" }) { userErrors { code } } }`);
  await page.reload();
  await shows(wallet('USD wallet'), '$100.00');
  const { wallets } = await send('{ wallets { id name } }');
  const form = page.getByRole('form', { name: 'Pay' });
  const pay = async (amount) => {
    await form.getByLabel('From').selectOption({ label: wallets.find(({ name }) => name !== 'Savings').name });
    await form.getByLabel('To').fill(wallets.find(({ name }) => name === 'Savings').id);
    await form.getByLabel('Amount').fill(amount);
    await form.getByRole('button').click();
  };
  await pay('12.75');
  await shows(wallet('USD wallet'), '$87.25');
  await shows(wallet('Savings'), '$12.75');
  await pay('1000');
  await shows(form.getByRole('alert'), 'less money');
});

test('customers are read page by page while the user scrolls', async () => {
  for (let from = 0; from < 45; from += 5) {
    const numbers = [0, 1, 2, 3, 4].map((more) => String(from + more).padStart(2, '0'));
    await send(`mutation { ${numbers.map((n) => `c${n}: createCustomer(input: { name: "Customer ${n}" }) { userErrors { code } }`).join(' ')} }`);
  }
  await page.reload();
  const names = section('Customers').getByRole('button');
  await names.nth(19).waitFor();
  for (const number of [19, 39, 44]) await names.nth(number).scrollIntoViewIfNeeded({ timeout: 10_000 });
  assert.equal(await names.count(), 45);
  assert.equal(await names.last().textContent(), 'Customer 44');
});

test('an entry is in the ledger before the server has answered, and stays', async () => {
  await section('Customers').getByRole('button', { name: 'Customer 07' }).click();
  const ledger = section('Ledger');
  const owes = ledger.locator('output');
  await shows(owes, '$0.00');
  let answer;
  const held = new Promise((release) => (answer = release));
  await page.route('**/graphql', async (route) => {
    if (route.request().method() === 'POST') await held;
    await route.continue();
  });
  await ledger.getByLabel('Amount').fill('4.20');
  await ledger.getByLabel('Note').fill('two lamps');
  await ledger.getByRole('button', { name: 'Add' }).click();
  await ledger.locator('tr.sending').filter({ hasText: 'two lamps' }).waitFor();
  await shows(owes, '$4.20');
  await shows(section('Customers').getByRole('listitem').filter({ hasText: 'Customer 07' }).locator('output'), '$4.20');
  answer();
  await ledger.locator('tr:not(.sending)').filter({ hasText: 'two lamps' }).waitFor();
  await page.unroute('**/graphql');
  assert.equal(await ledger.getByRole('row').count(), 1);
});

test('an entry that the server refuses disappears, and the reason is shown', async () => {
  const ledger = section('Ledger');
  await ledger.getByLabel('Amount').fill('0.001');
  await ledger.getByRole('button', { name: 'Add' }).click();
  await shows(ledger.getByRole('alert'), 'decimals');
  assert.equal(await ledger.getByRole('row').count(), 1);
  await shows(ledger.locator('output'), '$4.20');
});

test('what another device does is on the page at once', async () => {
  await send(`mutation { deposit(input: { wallet: { username: "${username}" }, amount: "3" }) { userErrors { code } } }`);
  await shows(wallet('USD wallet'), '$90.25');
  await send('mutation { createWallet(input: { name: "Travel", currency: "USD" }) { userErrors { code } } }');
  await shows(wallet('Travel'), '$0.00');
  await send('mutation { createCustomer(input: { name: "Aaron" }) { userErrors { code } } }');
  const names = section('Customers').getByRole('button');
  await names.filter({ hasText: 'Aaron' }).waitFor();
  assert.deepEqual([await names.count(), await names.first().textContent()], [46, 'Aaron']);
});

test('a page that was offline catches up', async () => {
  isOffline = true;
  await Promise.all(sockets.splice(0).map((socket) => socket.close()));
  await send(`mutation { withdraw(input: { wallet: { username: "${username}" }, amount: "3" }) { userErrors { code } } }`);
  const { customers } = await send('{ customers(filter: { search: "Customer 07" }, first: 1) { nodes { id } } }');
  const input = { customerId: customers.nodes[0].id, type: 'CREDIT', amount: '0.80', note: 'a candle' };
  await send('mutation ($input: AddEntryInput!) { addEntry(input: $input) { userErrors { code } } }', { input });
  isOffline = false;
  await shows(wallet('USD wallet'), '$87.25');
  await section('Ledger').getByRole('row').filter({ hasText: 'a candle' }).waitFor();
  await shows(section('Ledger').locator('output'), '$5.00');
  assert.equal(await section('Ledger').getByRole('row').count(), 2);
});

test('the page renews a token that is not valid any more, and the user stays logged in', async () => {
  await page.evaluate(() => {
    const tokens = JSON.parse(localStorage.getItem('daybook-session'));
    localStorage.setItem('daybook-session', JSON.stringify({ ...tokens, accessToken: 'expired' }));
  });
  const expected = problems.length;
  await page.reload();
  await shows(wallet('USD wallet'), '$87.25');
  // Chromium writes the status 401 of the first requests to the console.
  problems.splice(expected, problems.length, ...problems.slice(expected).filter((text) => !text.includes('401')));
});

test('a user who logs out sees nothing any more', async () => {
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByRole('button', { name: 'Log in' }).waitFor();
  assert.equal(await page.evaluate(() => localStorage.getItem('daybook-session')), null);
});

test('a page of an origin that is not allowed can do nothing', async () => {
  const other = await browser.newPage();
  await other.goto('http://127.0.0.1:5173');
  const answer = await other.evaluate((url) => fetch(`${url}?query={__typename}`).then(() => 'answered', () => 'refused'), process.env.DAYBOOK_URL);
  assert.equal(answer, 'refused');
  await other.close();
});

test('nothing was written to the console', () => assert.deepEqual(problems, []));
