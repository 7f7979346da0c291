import type { Cache, Entity, UpdatesConfig } from '@urql/exchange-graphcache';
import { CUSTOMER, CUSTOMERS } from './documents';
import type { BookChangesSubscription } from './gql/graphql';
import { updates as ofMutations } from './urql-add-entry';

interface Page<Edge> {
  edges: Edge[];
  pageInfo: { hasNextPage: boolean };
}

export const updates: UpdatesConfig = {
  ...ofMutations,
  Subscription: {
    bookChanges: ({ bookChanges: change }: BookChangesSubscription, _, cache: Cache) => {
      const thing = change?.thing;
      if (!thing || change.kind === 'UPDATED') return;
      const isDeleted = change.kind === 'DELETED';

      if (thing.__typename === 'Entry' && thing.customer) {
        const { __typename, id } = thing.customer;
        const edge = { __typename: 'EntryEdge' as const, cursor: thing.id, node: thing };
        for (const { first, after } of pages(cache, { __typename, id }, 'entries')) {
          cache.updateQuery({ query: CUSTOMER, variables: { id, first, after } }, (data) => {
            if (!data?.customer?.entries) return data;
            const { entries } = data.customer;
            const edges = isDeleted
              ? entries.edges.filter(({ node }) => node.id !== thing.id)
              : withEdge(entries, edge, ({ date }) => date <= thing.date);
            return { ...data, customer: { ...data.customer, entries: { ...entries, edges } } };
          });
        }
      }
      if (thing.__typename === 'Customer') {
        const edge = { __typename: 'CustomerEdge' as const, cursor: thing.id, node: thing };
        for (const { first, after } of pages(cache, 'Query', 'customers')) {
          cache.updateQuery({ query: CUSTOMERS, variables: { first, after } }, (data) => {
            if (!data?.customers) return data;
            const edges = withEdge(data.customers, edge, ({ name }) => name.localeCompare(thing.name) > 0);
            return { ...data, customers: { ...data.customers, edges } };
          });
        }
      }
      if (thing.__typename === 'Wallet') {
        const wallets = cache.resolve('Query', 'wallets') as string[] | null | undefined;
        const key = `Wallet:${thing.id}`;
        if (wallets && !wallets.includes(key)) cache.link('Query', 'wallets', [...wallets, key]);
      }
    },
  },
};

/** The arguments of the pages of a list that were read. Each is read as all of them together: see `relayPagination`. */
const pages = (cache: Cache, owner: Entity, list: string) =>
  cache
    .inspectFields(owner)
    .filter(({ fieldName }) => fieldName === list)
    .map((page) => page.arguments as { first: number; after?: string | null });

/** The edges with one more, before the first that it comes before. It is not put behind a page that others follow. */
function withEdge<Edge extends { node: { id: string } }>(
  { edges, pageInfo }: Page<Edge>,
  edge: NoInfer<Edge>,
  comesBefore: (node: Edge['node']) => boolean,
): Edge[] {
  const found = edges.findIndex(({ node }) => comesBefore(node));
  // A mutation of this page may have put it there.
  const isThere = edges.some(({ node }) => node.id === edge.node.id);
  if (isThere || (found < 0 && pageInfo.hasNextPage)) return edges;
  return edges.toSpliced(found < 0 ? edges.length : found, 0, edge);
}
