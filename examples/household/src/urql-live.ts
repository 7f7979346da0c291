import type { Client, Sink } from 'graphql-ws';
import { subscriptionExchange } from 'urql';

export const subscriptions = (live: Client) =>
  subscriptionExchange({
    forwardSubscription: ({ query = '', variables }) => ({
      subscribe: (sink) => ({
        unsubscribe: live.subscribe({ query, variables: variables as Record<string, unknown> }, sink as Sink),
      }),
    }),
  });
