// Apollo Client as docs/clients.md sets it up.

import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, type ErrorPolicy } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { parse } from 'graphql';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authorize, createApollo, createCache, defaultOptions, renew, sha256 } from './apollo';
import { addEntry } from './apollo-add-entry';
import { CUSTOMER, CUSTOMERS, TRANSFER } from './documents';
import { hold, renews, requestsOf, until, User } from './harness';

const ME = parse(`query Me { me { username } }`);

/** A client with other links at the end. */
const withLinks = (user: User, ...links: ApolloLink[]) =>
  new ApolloClient({
    cache: createCache(),
    link: ApolloLink.from([renew(user.session), authorize(user.session), ...links]),
    defaultOptions,
  });

/** A document that no other test has sent, so that the server does not know its hash. */
const newDocument = () => parse(`query Q${crypto.randomUUID().replaceAll('-', '')} { me { username } }`);

test('relayStylePagination joins the pages of a list', async () => {
  const user = await User.register();
  await user.customers('Amal', 'Badr', 'Celine', 'Dalal', 'Eman');
  const client = createApollo(user.session);
  const list = client.watchQuery({ query: CUSTOMERS, variables: { first: 2 } });
  const names = () => list.getCurrentResult().data?.customers?.edges?.map((edge) => edge?.node?.name);
  const subscription = list.subscribe(() => {});
  await until('the first page', () => names()?.length === 2);
  for (const expected of [4, 5]) {
    const end = list.getCurrentResult().data?.customers?.pageInfo?.endCursor;
    await list.fetchMore({ variables: { after: end } });
    await until(`${expected} customers`, () => names()?.length === expected);
  }
  assert.deepEqual(names(), ['Amal', 'Badr', 'Celine', 'Dalal', 'Eman']);
  assert.equal(list.getCurrentResult().data?.customers?.pageInfo?.hasNextPage, false);
  subscription.unsubscribe();
});

test('an optimistic entry is in the list and in the balance at once, and stays when the answer comes', async () => {
  const user = await User.register();
  const [id = ''] = await user.customers('Amal');
  await user.credit(id, '12.50', '7.25');
  const client = createApollo(user.session);
  const { data } = await client.query({ query: CUSTOMER, variables: { id, first: 20 } });
  assert.equal(data?.customer?.balance?.amount, '19.75');
  const seen: string[] = [];
  const watched = client.watchQuery({ query: CUSTOMER, variables: { id, first: 20 } });
  const subscription = watched.subscribe(({ data, dataState }) => {
    if (dataState !== 'complete') return;
    seen.push(`${data.customer?.balance?.amount} ${data.customer?.entries?.edges.map(({ cursor }) => cursor.startsWith('new '))}`);
  });
  const release = hold();
  let answered = false;
  const entry = { type: 'DEBIT' as const, amount: '0.80', date: '2026-11-20' };
  const sent = addEntry(client, data!.customer!, entry).then(({ data }) => {
    answered = true;
    assert.deepEqual(data?.addEntry?.userErrors, []);
  });
  await until('the optimistic entry', () => seen.includes('18.95 true,false,false'));
  assert.equal(answered, false);
  release();
  await sent;
  await until('the real entry', () => seen.at(-1) === '18.95 false,false,false');
  const again = await createApollo(user.session).query({ query: CUSTOMER, variables: { id, first: 20 } });
  assert.deepEqual(again.data, client.readQuery({ query: CUSTOMER, variables: { id, first: 20 } }));
  subscription.unsubscribe();
});

test('an entry that the server refuses disappears again', async () => {
  const user = await User.register();
  const [id = ''] = await user.customers('Amal');
  const client = createApollo(user.session);
  const { data } = await client.query({ query: CUSTOMER, variables: { id, first: 20 } });
  const refused = await addEntry(client, data!.customer!, { type: 'DEBIT', amount: '0.001', date: '2026-11-20' });
  assert.deepEqual(refused.data?.addEntry?.userErrors.map(({ code, path }) => [code, path]), [['INVALID', ['amount']]]);
  const after = client.readQuery({ query: CUSTOMER, variables: { id, first: 20 } });
  assert.deepEqual(after?.customer?.entries?.edges, []);
  assert.equal(after?.customer?.balance?.amount, '0.00');
});

test('each error policy gives what its name says', async () => {
  const user = await User.register();
  const [id = ''] = await user.customers('Amal');
  const client = createApollo(user.session);
  const query = parse(`query Partial($from: Date) {
    me { username }
    customerSummary(customerId: "${id}", from: $from, to: "2026-01-01") { entryCount }
  }`);
  const ask = (errorPolicy: ErrorPolicy) =>
    client.query({ query, variables: { from: '2026-12-01' }, errorPolicy, fetchPolicy: 'network-only' });
  const partial = { me: { __typename: 'User', username: user.name }, customerSummary: null };
  const all = await ask('all');
  assert.deepEqual(all.data, partial);
  assert.ok(CombinedGraphQLErrors.is(all.error));
  assert.equal(all.error.errors[0]?.extensions?.code, 'INVALID');
  const ignored = await ask('ignore');
  assert.deepEqual([ignored.data, ignored.error], [partial, undefined]);
  await assert.rejects(ask('none'), CombinedGraphQLErrors.is);
});

test('what the user can correct is in userErrors, with the data of its type', async () => {
  const user = await User.register();
  const { data, error } = await createApollo(user.session).mutate({
    mutation: TRANSFER,
    variables: { input: { from: { username: user.name }, to: { username: 'nobody' }, amount: '5', idempotencyKey: user.name } },
  });
  assert.equal(error, undefined);
  const [refusal] = data!.transfer!.userErrors;
  assert.equal(refusal?.code, 'INSUFFICIENT_FUNDS');
  assert.deepEqual(refusal && 'balance' in refusal && refusal.balance, { __typename: 'Money', amount: '0.00', currency: 'USD' });
});

test('operations at the moment of expiry renew the tokens once and then succeed', async () => {
  const user = await User.register();
  const [id = ''] = await user.customers('Amal');
  const client = createApollo(user.session);
  await client.query({ query: CUSTOMERS, variables: { first: 5 } });
  user.expire();
  const requests = await requestsOf(async () => {
    const results = await Promise.all([
      client.query({ query: ME, fetchPolicy: 'network-only' }),
      client.query({ query: CUSTOMER, variables: { id, first: 2 }, fetchPolicy: 'network-only' }),
      addEntry(client, { id, balance: null }, { type: 'CREDIT', amount: '3', date: '2026-11-20' }),
    ]);
    assert.deepEqual(results.map(({ error }) => error), [undefined, undefined, undefined]);
  });
  assert.equal(requests.filter(renews).length, 1);
});

test('a session that has ended gives the error of the operation, and the tokens are forgotten', async () => {
  const user = await User.register();
  const client = createApollo(user.session);
  await user.send('mutation { logout { userErrors { code } } }');
  let told = 0;
  user.session.onChange(() => (told += 1));
  const { error } = await client.query({ query: ME });
  assert.ok(CombinedGraphQLErrors.is(error));
  assert.equal(error.errors[0]?.extensions?.code, 'UNAUTHENTICATED');
  assert.deepEqual([user.session.accessToken, told], [undefined, 1]);
});

test('persisted queries by GET: the text goes once, and then the hash alone', async () => {
  const user = await User.register();
  const query = newDocument();
  const first = await requestsOf(() => createApollo(user.session).query({ query }));
  assert.equal(first.length, 2, 'the hash, and the text after it');
  const again = await requestsOf(() => createApollo(user.session).query({ query }));
  assert.deepEqual(again.map(({ method, url }) => [method, url.searchParams.has('extensions'), url.searchParams.has('query')]), [
    ['GET', true, false],
  ]);
});

test('persisted queries by POST: the text goes once, and then the hash alone', async () => {
  const user = await User.register();
  const query = newDocument();
  const client = () => withLinks(user, new PersistedQueryLink({ sha256 }), new HttpLink({ uri: user.session.url }));
  const first = await requestsOf(() => client().query({ query }));
  assert.deepEqual(first.map(({ method, body }) => [method, 'query' in JSON.parse(body)]), [['POST', false], ['POST', true]]);
  const again = await requestsOf(() => client().query({ query }));
  assert.deepEqual(again.map(({ method, body }) => [method, 'query' in JSON.parse(body)]), [['POST', false]]);
});

test('useGETForQueries sends queries by GET and mutations by POST', async () => {
  const user = await User.register();
  const client = withLinks(user, new HttpLink({ uri: user.session.url, useGETForQueries: true }));
  const variables = { input: { from: { username: user.name }, to: { username: 'nobody' }, amount: '5' } };
  const requests = await requestsOf(async () => {
    const { data } = await client.query({ query: CUSTOMERS, variables: { first: 1 } });
    assert.deepEqual(data?.customers?.edges, []);
    await client.mutate({ mutation: TRANSFER, variables });
  });
  assert.deepEqual(requests.map(({ method }) => method), ['GET', 'POST']);
});
