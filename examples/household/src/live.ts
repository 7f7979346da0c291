import { createClient, type Client } from 'graphql-ws';
import type { Session } from './session';

/** The server closes a socket with this code when its token is not valid any more. */
const FORBIDDEN = 4403;

/** A socket for subscriptions. It connects when there is one, and again when the connection breaks. */
export function createLive(session: Session): Client {
  let refused = false;
  const client = createClient({
    url: session.url.replace(/^http/, 'ws'),
    connectionParams: async () => {
      if (refused) await session.renew();
      return { Authorization: `Bearer ${session.accessToken}` };
    },
    on: { closed: (event) => (refused = (event as CloseEvent).code === FORBIDDEN) },
    retryAttempts: Infinity,
    shouldRetry: () => session.accessToken !== undefined,
  });
  return {
    ...client,
    subscribe(payload, sink) {
      // After a break the same payload is sent again, with the place where it goes on.
      const variables: Record<string, unknown> = { ...payload.variables };
      return client.subscribe<Record<string, { cursor?: string } | null>>({ ...payload, variables }, {
        next: (result) => {
          const [change] = Object.values(result.data ?? {});
          if (change?.cursor) variables['after'] = change.cursor;
          sink.next(result as Parameters<typeof sink.next>[0]);
        },
        error: (error) => sink.error(error),
        complete: () => sink.complete(),
      });
    },
  };
}
