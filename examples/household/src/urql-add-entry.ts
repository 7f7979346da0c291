import type { Cache, OptimisticMutationConfig, UpdatesConfig } from '@urql/exchange-graphcache';
import { CUSTOMER } from './documents';
import type { AddEntryInput, AddEntryMutation } from './gql/graphql';
import { add } from './money';

/** The size of a page. The cache knows a page by its arguments, so every place that names the page uses this number. */
export const PAGE = 20;

export const optimistic: OptimisticMutationConfig = {
  addEntry: (args, cache) => {
    const { id, customerId, type, amount, note, date } = args.input as AddEntryInput;
    const customer = { __typename: 'Customer' as const, id: customerId };
    const balance = cache.resolve(customer, 'balance');
    if (typeof balance !== 'string') return null;
    const currency = cache.resolve(balance, 'currency') as string;
    const owed = add(cache.resolve(balance, 'amount') as string, type === 'CREDIT' ? amount : `-${amount}`);
    return {
      __typename: 'AddEntryPayload',
      entryEdge: {
        __typename: 'EntryEdge',
        cursor: `new ${id}`,
        node: {
          __typename: 'Entry',
          id,
          date: date ?? new Date().toISOString().slice(0, 10),
          type,
          note: note ?? null,
          amount: { __typename: 'Money', amount, currency },
          customer: { ...customer, balance: { __typename: 'Money', amount: owed, currency } },
        },
      },
      userErrors: [],
    };
  },
};

export const updates: UpdatesConfig = {
  Mutation: {
    addEntry: (result: AddEntryMutation, args, cache: Cache) => {
      const edge = result.addEntry?.entryEdge;
      if (!edge) return;
      const variables = { id: (args.input as AddEntryInput).customerId, first: PAGE };
      cache.updateQuery({ query: CUSTOMER, variables }, (data) => {
        const entries = data?.customer?.entries;
        // A subscription may have told of the entry before.
        if (!data?.customer || !entries || entries.edges.some(({ node }) => node.id === edge.node.id)) return data;
        return { ...data, customer: { ...data.customer, entries: { ...entries, edges: [edge, ...entries.edges] } } };
      });
    },
  },
};
