// Relay's compiler and runtime as docs/clients.md sets them up.

import assert from 'node:assert/strict';
import { Suspense, type ReactNode } from 'react';
import { RelayEnvironmentProvider } from 'react-relay';
import { commitMutation, ConnectionHandler, fetchQuery, requestSubscription, ROOT_ID, type Environment } from 'relay-runtime';
import { test } from 'node:test';
import { goOffline, hold, renews, requestsOf, until, User } from './harness';
import { createLive } from './live';
import { Card, CHANGES, CREATE, List, ME } from './Page';
import type { PageChangesSubscription } from './__generated__/PageChangesSubscription.graphql';
import type { PageCreateMutation } from './__generated__/PageCreateMutation.graphql';
import type { PageMeQuery } from './__generated__/PageMeQuery.graphql';
import { createRelay } from './relay';
import { subscribeBy } from './relay-live';
import { openWindow } from './window';

const { document, render } = await openWindow();
const open = (environment: Environment, what: ReactNode) =>
  render(<RelayEnvironmentProvider environment={environment}><Suspense>{what}</Suspense></RelayEnvironmentProvider>);
const names = () => [...document.querySelectorAll('li')].map(({ textContent }) => textContent).join();
const press = (name: string) => [...document.querySelectorAll('button')].find(({ textContent }) => textContent === name)?.click();
const buttons = () => [...document.querySelectorAll('button')].map(({ textContent }) => textContent).join();
const shows = (expected: string) => until(expected, () => names() === expected);

test('a connection is read from its beginning, page by page', async () => {
  const user = await User.register();
  await user.customers('Amal', 'Badr', 'Celine', 'Dalal', 'Eman');
  const close = open(createRelay(user.session), <List page={{ first: 2 }} />);
  await shows('Amal,Badr');
  press('Later');
  await shows('Amal,Badr,Celine,Dalal');
  press('Later');
  await shows('Amal,Badr,Celine,Dalal,Eman');
  await until('no more', () => buttons() === '');
  close();
});

test('a connection is read from its end, page by page', async () => {
  const user = await User.register();
  await user.customers('Amal', 'Badr', 'Celine', 'Dalal', 'Eman');
  const close = open(createRelay(user.session), <List page={{ last: 2 }} />);
  await shows('Dalal,Eman');
  press('Earlier');
  await shows('Badr,Celine,Dalal,Eman');
  press('Earlier');
  await shows('Amal,Badr,Celine,Dalal,Eman');
  await until('no more', () => buttons() === '');
  close();
});

test('an object is read again by node', async () => {
  const user = await User.register();
  const [id = ''] = await user.customers('Amal');
  const close = open(createRelay(user.session), <Card id={id} />);
  const balance = (amount: string) => until(amount, () => document.querySelector('output')?.textContent === amount);
  await balance('0.00 USD');
  await user.credit(id, '4.5');
  const requests = await requestsOf(async () => {
    press('Read again');
    await balance('4.50 USD');
  });
  assert.match(requests[0]!.body, /node\(/);
  close();
});

test('a new object is in the list at once by its edge', async () => {
  const user = await User.register();
  await user.customers('Badr', 'Celine');
  const environment = createRelay(user.session);
  const close = open(environment, <List page={{ first: 5 }} />);
  await shows('Badr,Celine');
  const connections = [ConnectionHandler.getConnectionID(ROOT_ID, 'CustomerList_customers')];
  const customerEdge = { cursor: 'new', node: { id: 'new', name: 'Amal' } };
  const release = hold();
  let answered = false;
  const done = new Promise<void>((resolve, reject) => {
    commitMutation<PageCreateMutation>(environment, {
      mutation: CREATE,
      variables: { input: { name: 'Amal' }, connections },
      optimisticResponse: { createCustomer: { customerEdge, userErrors: [] } },
      onCompleted: () => {
        answered = true;
        resolve();
      },
      onError: reject,
    });
  });
  await shows('Amal,Badr,Celine');
  assert.equal(answered, false);
  release();
  await done;
  await shows('Amal,Badr,Celine');
  close();
});

test('operations at the moment of expiry renew the tokens once and then succeed', async () => {
  const user = await User.register();
  const environment = createRelay(user.session);
  user.expire();
  const requests = await requestsOf(async () => {
    const ask = () => fetchQuery<PageMeQuery>(environment, ME, {}, { fetchPolicy: 'network-only' }).toPromise();
    for (const data of await Promise.all([ask(), ask()])) assert.equal(data?.me.username, user.name);
  });
  assert.equal(requests.filter(renews).length, 1);
});

test('a balance changes on the page when another device adds an entry, and after a time without a connection', async () => {
  const user = await User.register();
  const [id = ''] = await user.customers('Amal');
  const environment = createRelay(user.session, subscribeBy(createLive(user.session)));
  const balance = (amount: string) => until(amount, () => document.querySelector('output')?.textContent === amount);
  const close = open(environment, <Card id={id} />);
  await balance('0.00 USD');
  const told: unknown[] = [];
  const subscription = requestSubscription<PageChangesSubscription>(environment, {
    subscription: CHANGES,
    variables: { after: await user.position() },
    onNext: (answer) => void told.push(answer?.bookChanges?.thing?.id),
  });
  await user.credit(id, '4.5');
  await balance('4.50 USD');
  const comeBack = goOffline();
  await user.credit(id, '1', '2');
  comeBack();
  await balance('7.50 USD');
  await until('all entries', () => told.length === 3);
  assert.equal(new Set(told).size, 3);
  subscription.dispose();
  close();
});
