// urql with Graphcache as docs/clients.md sets it up.

import { persistedExchange } from '@urql/exchange-persisted';
import { buildSchema, isObjectType, parse, type GraphQLObjectType } from 'graphql';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { Client, fetchExchange, type OperationResult } from 'urql';
import { ADD_ENTRY, CUSTOMER, CUSTOMERS, TRANSFER } from './documents';
import { hold, renews, requestsOf, until, User } from './harness';
import { newId } from './new-id';
import { auth, createUrql, PAGES, WITHOUT_ID } from './urql';
import { optimistic, PAGE, updates } from './urql-add-entry';

const ME = parse(`query Me { me { id username } }`);
const warnings: unknown[] = [];
console.warn = (...args) => void warnings.push(args);
console.error = (...args) => void warnings.push(args);

after(() => assert.deepEqual(warnings, [], 'Graphcache finds nothing to warn of'));

/** The answer, which must be without errors. */
function whole<Data>({ data, error }: OperationResult<Data>): Data {
  assert.equal(error, undefined);
  return data!;
}

test('queries go by GET and mutations by POST, without an option', async () => {
  const user = await User.register();
  const client = createUrql(user.session);
  const requests = await requestsOf(async () => {
    whole(await client.query(ME, {}));
    whole(await client.mutation(TRANSFER, { input: { from: { username: user.name }, to: { username: 'nobody' }, amount: '5' } }));
  });
  assert.deepEqual(requests.map(({ method }) => method), ['GET', 'POST']);
});

test('relayPagination joins the pages of a list', async () => {
  const user = await User.register();
  await user.customers('Amal', 'Badr', 'Celine', 'Dalal', 'Eman');
  const client = createUrql(user.session);
  let after: string | null | undefined;
  for (const expected of [2, 4, 5]) {
    const { customers } = whole(await client.query(CUSTOMERS, { first: 2, after }));
    assert.equal(customers?.edges.length, expected);
    after = customers?.pageInfo.endCursor;
  }
  const { customers } = whole(await client.query(CUSTOMERS, { first: 2 }, { requestPolicy: 'cache-only' }));
  assert.deepEqual(customers?.edges.map(({ node }) => node.name), ['Amal', 'Badr', 'Celine', 'Dalal', 'Eman']);
  assert.equal(customers?.pageInfo.hasNextPage, false);
});

test('an optimistic entry is in the list and in the balance at once, and stays when the answer comes', async () => {
  const user = await User.register();
  const [id = ''] = await user.customers('Amal');
  await user.credit(id, '12.50', '7.25');
  const client = createUrql(user.session, { optimistic, updates });
  const seen: string[] = [];
  const subscription = client.query(CUSTOMER, { id, first: PAGE }).subscribe(({ data }) => {
    const cursors = data?.customer?.entries?.edges.map(({ cursor }) => cursor.startsWith('new '));
    seen.push(`${data?.customer?.balance?.amount} ${cursors}`);
  });
  await until('the list', () => seen.includes('19.75 false,false'));
  const input = { id: newId('entry'), customerId: id, type: 'DEBIT' as const, amount: '0.80', date: '2026-11-20' };
  const release = hold();
  let answered = false;
  const sent = client.mutation(ADD_ENTRY, { input }).toPromise().then((result) => {
    answered = true;
    return whole(result);
  });
  await until('the optimistic entry', () => seen.includes('18.95 true,false,false'));
  assert.equal(answered, false);
  release();
  const edge = (await sent).addEntry?.entryEdge;
  assert.deepEqual([edge?.node.id, edge?.node.amount.amount], [input.id, '0.80']);
  await until('the real entry', () => seen.at(-1) === '18.95 false,false,false');
  subscription.unsubscribe();
});

test('an entry that the server refuses disappears again', async () => {
  const user = await User.register();
  const [id = ''] = await user.customers('Amal');
  const client = createUrql(user.session, { optimistic, updates });
  whole(await client.query(CUSTOMER, { id, first: PAGE }));
  const input = { id: newId('entry'), customerId: id, type: 'DEBIT' as const, amount: '0.001', date: '2026-11-20' };
  const refused = whole(await client.mutation(ADD_ENTRY, { input }));
  assert.deepEqual(refused.addEntry?.userErrors.map(({ code, path }) => [code, path]), [['INVALID', ['amount']]]);
  const { customer } = whole(await client.query(CUSTOMER, { id, first: PAGE }, { requestPolicy: 'cache-only' }));
  assert.deepEqual([customer?.balance?.amount, customer?.entries?.edges], ['0.00', []]);
});

test('a mutation changes what other queries show, without another request', async () => {
  const user = await User.register();
  await user.deposit('20');
  const created = await user.send<{ createWallet: { wallet: { id: string } } }>(
    'mutation { createWallet(input: { name: "Savings", currency: "USD" }) { wallet { id } } }');
  const client = createUrql(user.session);
  const wallets = parse(`query { wallets { id name balance { amount currency } } }`);
  const amounts: string[] = [];
  const subscription = client.query(wallets, {}).subscribe(({ data }) =>
    amounts.push(data.wallets.map((wallet: { balance: { amount: string } }) => wallet.balance.amount).sort().join()));
  await until('the wallets', () => amounts.at(-1) === '0.00,20.00');
  const input = { from: { username: user.name }, to: { id: created.createWallet.wallet.id }, amount: '5' };
  const requests = await requestsOf(async () => whole(await client.mutation(TRANSFER, { input })));
  await until('the new balances', () => amounts.at(-1) === '15.00,5.00');
  assert.equal(requests.length, 1);
  subscription.unsubscribe();
});

test('operations at the moment of expiry renew the tokens once and then succeed', async () => {
  const user = await User.register();
  const [id = ''] = await user.customers('Amal');
  const client = createUrql(user.session);
  whole(await client.query(ME, {}));
  user.expire();
  const input = { customerId: id, type: 'CREDIT' as const, amount: '3' };
  const requests = await requestsOf(async () => {
    const [me, customer, added] = await Promise.all([
      client.query(ME, {}, { requestPolicy: 'network-only' }),
      client.query(CUSTOMER, { id, first: 2 }),
      client.mutation(ADD_ENTRY, { input }),
    ]);
    assert.equal(whole(me).me.username, user.name);
    assert.equal(whole(customer).customer?.name, 'Amal');
    assert.deepEqual(whole(added).addEntry?.userErrors, []);
  });
  assert.equal(requests.filter(renews).length, 1);
});

test('a session that has ended gives the error of the operation, and the tokens are forgotten', async () => {
  const user = await User.register();
  await user.send('mutation { logout { userErrors { code } } }');
  const { error } = await createUrql(user.session).query(ME, {});
  assert.equal(error?.graphQLErrors[0]?.extensions['code'], 'UNAUTHENTICATED');
  assert.equal(user.session.accessToken, undefined);
});

test('a field that fails alone is null, and the others have their values', async () => {
  const user = await User.register();
  const [customerId = ''] = await user.customers('Amal');
  const query = parse(`query Partial($customerId: ID!) {
    me { id username }
    customerSummary(customerId: $customerId, from: "2026-12-01", to: "2026-01-01") { entryCount }
  }`);
  const { data, error } = await createUrql(user.session).query(query, { customerId });
  assert.deepEqual([data.me.username, data.customerSummary], [user.name, null]);
  assert.equal(error?.graphQLErrors[0]?.extensions['code'], 'INVALID');
});

test('persistedExchange sends the text once, and then the hash alone', async () => {
  const user = await User.register();
  const query = parse(`query Q${user.name} { me { id username } }`);
  const client = () =>
    new Client({
      url: user.session.url,
      exchanges: [auth(user.session), persistedExchange({ preferGetForPersistedQueries: true }), fetchExchange],
    });
  const first = await requestsOf(async () => whole(await client().query(query, {})));
  assert.equal(first.length, 2);
  const again = await requestsOf(async () => whole(await client().query(query, {})));
  assert.deepEqual(again.map(({ method, url }) => [method, url.searchParams.has('query')]), [['GET', false]]);
});

test('the lists of the page name every type without an id, and every list of Query, Customer and Wallet', () => {
  const schema = buildSchema(readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8'));
  const types = Object.values(schema.getTypeMap()).filter((type): type is GraphQLObjectType => isObjectType(type));
  const outside = /^__|^Query$|^Mutation$|^Subscription$|^PageInfo$|(Connection|Edge|Payload)$/;
  const withoutId = types.filter((type) => !outside.test(type.name) && !type.getFields()['id']).map(({ name }) => name);
  assert.deepEqual(WITHOUT_ID.toSorted(), withoutId.sort());
  for (const [type, named] of Object.entries(PAGES)) {
    const fields = Object.values((schema.getType(type) as GraphQLObjectType).getFields());
    const lists = fields.filter((field) => String(field.type).endsWith('Connection')).map(({ name }) => name);
    assert.deepEqual(named.toSorted(), lists.sort(), type);
  }
});
