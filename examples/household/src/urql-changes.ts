import type { Cache, Entity, UpdatesConfig } from '@urql/exchange-graphcache';
import type { BookChangesSubscription } from './gql/graphql';
import { updates as ofMutations } from './urql-add-entry';

export const updates: UpdatesConfig = {
  ...ofMutations,
  Subscription: {
    bookChanges: ({ bookChanges: change }: BookChangesSubscription, _, cache) => {
      const thing = change?.thing;
      if (!thing || change.kind === 'UPDATED') return;
      if (thing.__typename === 'Customer') readAgain(cache, 'Query', 'customers');
      if (thing.__typename === 'Wallet') readAgain(cache, 'Query', 'wallets');
      if (thing.__typename === 'Entry') readAgain(cache, { __typename: 'Customer', id: thing.customer?.id ?? '' }, 'entries');
    },
  },
};

/** Forgets a list, of whatever arguments. What the page shows of it is read again. */
function readAgain(cache: Cache, owner: Entity, list: string) {
  const fields = cache.inspectFields(owner).filter(({ fieldName }) => fieldName === list);
  for (const { fieldKey } of fields) cache.invalidate(owner, fieldKey);
}
