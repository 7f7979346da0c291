// gql.tada as docs/clients.md sets it up.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { print } from 'graphql';
import { User } from './harness';
import { graphql, readFragment, type FragmentOf, type ResultOf, type VariablesOf } from './tada';

const AMOUNT = graphql(`fragment Amount on Money { amount currency }`);
const CUSTOMER = graphql(
  `query Customer($id: ID!, $filter: EntryFilter) {
    customer(id: $id) {
      name
      createdAt
      balance { ...Amount }
      entries(first: 3, filter: $filter) { nodes { type date } }
    }
  }`,
  [AMOUNT],
);

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Customer = NonNullable<ResultOf<typeof CUSTOMER>['customer']>;
const texts: Same<[Customer['name'], Customer['createdAt']], [string, string]> = true;
const types: Same<NonNullable<Customer['entries']>['nodes'][number]['type'], 'CREDIT' | 'DEBIT'> = true;
// @ts-expect-error: there is no such type of entry.
const variables: VariablesOf<typeof CUSTOMER> = { id: '', filter: { type: 'GIFT' } };

const show = (data: FragmentOf<typeof AMOUNT>) => {
  const { amount, currency } = readFragment(AMOUNT, data);
  return `${amount} ${currency}`;
};

test('a document has the types of the schema, and the answer has these types', async () => {
  assert.ok(texts && types && variables);
  const user = await User.register();
  const [id = ''] = await user.customers('Amal');
  await user.credit(id, '12.50', '0.05');
  const document = print(CUSTOMER);
  const { customer } = await user.send<ResultOf<typeof CUSTOMER>>(document, { id, filter: { type: 'CREDIT' } } satisfies VariablesOf<typeof CUSTOMER>);
  assert.equal(customer?.balance && show(customer.balance), '12.55 USD');
  assert.deepEqual(customer?.entries?.nodes, [{ type: 'CREDIT', date: '2026-11-02' }, { type: 'CREDIT', date: '2026-11-02' }]);
});
