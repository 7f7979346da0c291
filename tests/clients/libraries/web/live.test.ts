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
import { PAGE } from './urql-add-entry';
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

test('Graphcache shows what another device does: balances at once, and lists when they are read again', async () => {
  const user = await User.register();
  const [id = ''] = await user.customers('Amal');
  const client = createUrql(user.session, { updates }, subscriptions(createLive(user.session)));
  const names: unknown[] = [];
  const ledgers: unknown[] = [];
  const subscribed = [
    client.query(CUSTOMERS, { first: 5 }).subscribe(({ data }) => {
      names.push(data?.customers?.edges.map(({ node }) => `${node.name} ${node.balance?.amount}`).join());
    }),
    client.query(CUSTOMER, { id, first: PAGE }).subscribe(({ data }) => {
      ledgers.push(data?.customer?.entries?.edges.map(({ node }) => node.amount.amount).join());
    }),
    client.subscription(BOOK_CHANGES, { after: await user.position() }).subscribe(() => {}),
  ];
  await user.credit(id, '4.5');
  await until('the balance', () => names.at(-1) === 'Amal 4.50');
  await until('the entry', () => ledgers.at(-1) === '4.50');
  await user.customers('Badr');
  await until('the customer', () => names.at(-1) === 'Amal 4.50,Badr 0.00');
  for (const { unsubscribe } of subscribed) unsubscribe();
});
