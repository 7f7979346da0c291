// Subscriptions by each library, as docs/clients.md sets them up.

import { print } from 'graphql';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createApollo, links } from './apollo';
import { withLive } from './apollo-live';
import { BOOK_CHANGES, CUSTOMER, CUSTOMERS } from './documents';
import type { BookChangesSubscription } from './gql/graphql';
import { goOffline, until, User } from './harness';
import { createLive } from './live';
import type { Session } from './session';
import { createSse } from './sse';
import { createUrql } from './urql';
import { updates } from './urql-changes';
import { subscriptions } from './urql-live';

type Change = NonNullable<BookChangesSubscription['bookChanges']>;
type Follow = (session: Session, after: string, next: (change: Change | null | undefined) => void) => () => void;

const fail = (error: unknown) => assert.fail(JSON.stringify(error));

const byApollo = (client: ReturnType<typeof createApollo>, after: string, next: Parameters<Follow>[2]) => {
  const subscription = client.subscribe({ query: BOOK_CHANGES, variables: { after } }).subscribe(({ data, error }) => {
    if (error) fail(error);
    next(data?.bookChanges);
  });
  return () => subscription.unsubscribe();
};

/** By a socket, which connects again. */
const SOCKETS: Record<string, Follow> = {
  urql: (session, after, next) => {
    const client = createUrql(session, {}, subscriptions(createLive(session)));
    const subscription = client.subscription(BOOK_CHANGES, { after }).subscribe(({ data, error }) => {
      if (error) fail(error);
      next(data?.bookChanges);
    });
    return () => subscription.unsubscribe();
  },
  'Apollo Client': (session, after, next) => byApollo(createApollo(session, withLive(createLive(session), links(session))), after, next),
  'graphql-ws': (session, after, next) =>
    createLive(session).subscribe<BookChangesSubscription>({ query: print(BOOK_CHANGES), variables: { after } }, {
      next: ({ data }) => next(data?.bookChanges), error: fail, complete: () => {},
    }),
};

const STREAMS: Record<string, Follow> = {
  'Apollo Client by parts': (session, after, next) => byApollo(createApollo(session), after, next),
  'graphql-sse': (session, after, next) =>
    createSse(session).subscribe<BookChangesSubscription>({ query: print(BOOK_CHANGES), variables: { after } }, {
      next: ({ data }) => next(data?.bookChanges), error: fail, complete: () => {},
    }),
};

const named = (change: Change | null | undefined) => (change?.thing?.__typename === 'Customer' ? change.thing.name : change);

for (const [name, follow] of Object.entries({ ...SOCKETS, ...STREAMS })) {
  test(`${name}: what was missed comes first, and then each change`, async () => {
    const user = await User.register();
    const after = await user.position();
    await user.customers('Amal');
    const seen: unknown[] = [];
    const stop = follow(user.session, after, (change) => seen.push(named(change)));
    await until('what was missed', () => seen.length > 0);
    await user.customers('Badr', 'Celine');
    await until('the others', () => seen.length > 2);
    assert.deepEqual(seen, ['Amal', 'Badr', 'Celine']);
    stop();
  });
}

for (const [name, follow] of Object.entries(SOCKETS)) {
  test(`${name}: who was offline is told of each change once`, async () => {
    const user = await User.register();
    const seen: unknown[] = [];
    const stop = follow(user.session, await user.position(), (change) => seen.push(named(change)));
    await user.customers('Amal');
    await until('the first', () => seen.length > 0);
    for (const missed of [['Badr', 'Celine'], ['Dalal']]) {
      const comeBack = goOffline();
      await user.customers(...missed);
      comeBack();
      await until('what was missed', () => seen.at(-1) === missed.at(-1));
    }
    assert.deepEqual(seen, ['Amal', 'Badr', 'Celine', 'Dalal']);
    stop();
  });

  test(`${name}: a token that has expired is renewed`, async () => {
    const user = await User.register();
    const after = await user.position();
    await user.customers('Amal');
    user.expire();
    const seen: unknown[] = [];
    const stop = follow(user.session, after, (change) => seen.push(named(change)));
    await until('the change', () => seen.length > 0);
    assert.deepEqual(seen, ['Amal']);
    stop();
  });
}

test('Graphcache shows what another device does, at its place in the lists, which stay on the page meanwhile', async () => {
  const user = await User.register();
  const [id = ''] = await user.customers('Badr', 'Dalal', 'Eman');
  await user.credit(id, '1', '2', '3');
  const client = createUrql(user.session, { updates }, subscriptions(createLive(user.session)));
  const position = await user.position();
  const { data } = await client.query(CUSTOMERS, { first: 2 }).toPromise();
  const { data: ledger } = await client.query(CUSTOMER, { id, first: 2 }).toPromise();
  const next = { first: 2, after: data?.customers?.pageInfo.endCursor ?? '' };
  const earlier = { id, first: 2, after: ledger?.customer?.entries?.pageInfo.endCursor ?? '' };
  const lists: unknown[] = [];
  const ledgers: unknown[] = [];
  const subscribed = [
    client.query(CUSTOMERS, next).subscribe(({ data }) => {
      lists.push(data?.customers?.edges.map(({ node }) => `${node.name} ${node.balance?.amount}`).join());
    }),
    client.query(CUSTOMER, earlier).subscribe(({ data }) => {
      ledgers.push(data?.customer?.entries?.edges.map(({ node }) => node.amount.amount).join());
    }),
  ];
  await until('the lists', () => lists.at(-1) === 'Badr 6.00,Dalal 0.00,Eman 0.00' && ledgers.at(-1) === '3.00,2.00,1.00');
  lists.length = ledgers.length = 0;
  subscribed.push(client.subscription(BOOK_CHANGES, { after: position }).subscribe(() => {}));

  await user.credit(id, '4.5');
  await until('the balance', () => lists.at(-1) === 'Badr 10.50,Dalal 0.00,Eman 0.00');
  await until('the entry', () => ledgers.at(-1) === '4.50,3.00,2.00,1.00');
  await user.customers('Celine', 'Amal');
  await until('the customers', () => lists.at(-1) === 'Amal 0.00,Badr 10.50,Celine 0.00,Dalal 0.00,Eman 0.00');
  await user.deleteEntry(id, '2');
  await until('the entry that is gone', () => ledgers.at(-1) === '4.50,3.00,1.00');
  assert.deepEqual([...new Set(ledgers)], ['4.50,3.00,2.00,1.00', '4.50,3.00,1.00']);
  for (const list of lists) assert.match(String(list), /Badr .*Dalal .*Eman/);
  for (const { unsubscribe } of subscribed) unsubscribe();
});
