// Uses the explorer in Chromium as a user would: `node explorer.mjs PROGRAM`. Checks that the page asks no other host, writes no
// error to the console, and can be read by a screen reader and at 360 pixels; and runs every example in the order of the list.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { start } from './server.mjs';

const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
const server = process.env.EXPLORER_URL
  ? { url: process.env.EXPLORER_URL, stop() {} }
  : await start(process.argv[2] ?? '../../../target/debug/daybook', '--request-cost-per-minute', '0');
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const problems = [];

async function open(size) {
  const page = await browser.newPage({ viewport: size });
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (/^http|^ws/.test(url.protocol) && url.origin !== server.url) problems.push(`asks ${url}`);
  });
  await page.goto(server.url);
  await page.locator('.graphiql-query-editor .view-lines').waitFor();
  return page;
}

const example = (page, name) => page.locator('.examples').getByRole('button', { name, exact: true }).click();

/** Runs what is in the editors, and returns the answer. */
async function run(page) {
  const sent = page.waitForResponse(
    (response) => response.url().endsWith('/graphql') && !response.request().postData()?.includes('IntrospectionQuery'));
  await page.locator('.graphiql-execute-button').click();
  return (await sent).json();
}

async function audit(page, what) {
  await page.evaluate((text) => { (0, globalThis.Function)(text)(); }, axe).catch(() => page.addScriptTag({ content: axe }));
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  for (const { id, impact, nodes } of violations.filter(({ impact }) => /serious|critical/.test(impact))) {
    problems.push(`${what}: ${impact} ${id}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  }
}

try {
  const page = await open({ width: 1280, height: 900 });
  const names = await page.locator('.examples button').allTextContents();
  assert.ok(names.length > 60, `${names.length} examples`);
  for (const name of names) {
    // It has no end, and is tried below.
    if (name === 'Follow changes') continue;
    await example(page, name);
    const answer = await run(page);
    const payloads = Object.values(answer.data ?? {}).filter(Boolean);
    const errors = [...(answer.errors ?? []), ...payloads.flatMap(({ userErrors }) => userErrors ?? [])];
    // The wallets hold money by then, so the account is kept.
    const expected = name === 'Delete account' ? 'WALLET_NOT_EMPTY' : undefined;
    for (const { code, message } of errors.filter(({ code }) => !code || code !== expected)) problems.push(`example ${name}: ${code ?? ''} ${message}`);
    await page.waitForTimeout(20);
  }
  if (!/not logged in/.test(await page.locator('.bar').textContent())) problems.push('logged out, and still logged in');
  await example(page, 'Log in');
  await run(page);
  await example(page, 'Follow changes');
  await page.locator('.graphiql-execute-button').click();
  const told = page.locator('.result-window').filter({ hasText: /customer_/ });
  // The subscription begins with the next change, so the first ones may come too early.
  for (let turn = 0; turn < 20 && !(await told.count()); turn += 1) {
    await page.evaluate(async () => {
      const { accessToken } = JSON.parse(sessionStorage.getItem('session'));
      const query = 'mutation { createCustomer(input: { name: "Live" }) { customer { id } } }';
      const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${accessToken}` };
      await fetch('graphql', { method: 'POST', headers, body: JSON.stringify({ query }) });
    });
    await told.waitFor({ timeout: 1000 }).catch(() => {});
  }
  assert.equal(await told.count(), 1, 'the change is shown');
  await page.locator('.graphiql-execute-button').click();
  await example(page, 'Log in');
  await run(page);
  // The editor stores what is typed half a second later.
  await page.waitForTimeout(1000);
  await page.reload();
  await page.locator('.graphiql-query-editor .view-lines').waitFor();
  assert.match(await page.locator('.bar').textContent(), /logged in as amal/);
  assert.match(await page.locator('.graphiql-query-editor').textContent(), /mutation\s*Login/, 'the query survives');
  assert.match(await page.locator('.graphiql-editor-tool').textContent(), /identifier/, 'the variables survive');
  await page.getByRole('button', { name: 'Show History' }).click();
  await page.getByText('Login', { exact: true }).first().waitFor();
  const stored = await page.evaluate(() => JSON.stringify(localStorage));
  assert.ok(!stored.includes('correct horse'), 'no password is stored');
  await page.screenshot({ path: '/tmp/clients-explorer.png' });
  const narrow = await open({ width: 360, height: 740 });
  const width = await narrow.evaluate(() => document.documentElement.scrollWidth);
  if (width > 360) problems.push(`${width} pixels wide`);
  await narrow.screenshot({ path: '/tmp/clients-explorer-360.png', fullPage: true });
  // Last, since the page's policy allows no script of others, and breaking it is written to the console.
  const before = [...problems];
  for (const [what, one] of [['wide', page], ['narrow', narrow]]) await audit(one, what);
  assert.ok(before.length <= problems.length);
} catch (error) {
  problems.push(String(error));
} finally {
  await browser.close();
  server.stop();
}
for (const problem of problems) console.log(problem);
console.log(`${problems.length} problems`);
process.exitCode = problems.length ? 1 : 0;
