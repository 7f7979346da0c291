// What the generated types say. The compiler checks them; the tests check the values that they are said to have.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CUSTOMERS } from './documents';
import type { AddEntryInput, CustomersQuery, CustomersQueryVariables, EntryType } from './gql/graphql';
import { User } from './harness';
import { add } from './money';
import { newId } from './new-id';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Customer = NonNullable<CustomersQuery['customers']>['edges'][number]['node'];

const amount: Same<NonNullable<Customer['balance']>['amount'], string> = true;
const input: Same<AddEntryInput['amount'], string> = true;
const kind: Same<EntryType, 'CREDIT' | 'DEBIT'> = true;
// @ts-expect-error: `first` is required.
const variables: CustomersQueryVariables = {};
// @ts-expect-error: an amount is no number.
const number: AddEntryInput = { customerId: '', type: 'DEBIT', amount: 1 };

test('the documents are typed strictly', () => {
  assert.ok(amount && input && kind && variables && number && CUSTOMERS);
});

test('sums of amounts are exact', () => {
  const sums: [string, string, string][] = [
    ['0.10', '0.20', '0.30'], ['12.50', '-20', '-7.50'], ['-0.05', '0.04', '-0.01'], ['-0.05', '0.05', '0.00'], ['1200', '34', '1234'],
    ['9999999999999.99', '0.01', '10000000000000.00'], ['0.005', '1.5', '1.505'],
  ];
  for (const [one, other, sum] of sums) assert.equal(add(one, other), sum, `${one} + ${other}`);
});

test('the server takes ids that the client makes, and an id is good for one object', async () => {
  const user = await User.register();
  const create = 'mutation ($id: ID!) { createCustomer(input: { id: $id, name: "Amal" }) { replayed customer { id } } }';
  for (let turn = 0; turn < 20; turn += 1) {
    const id = newId('customer');
    const first = await user.send<{ createCustomer: object }>(create, { id });
    assert.deepEqual(first.createCustomer, { replayed: false, customer: { id } });
    const again = await user.send<{ createCustomer: object }>(create, { id });
    assert.deepEqual(again.createCustomer, { replayed: true, customer: { id } });
  }
});
