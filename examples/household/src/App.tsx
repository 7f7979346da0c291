import { useEffect, useState } from 'react';
import { Provider } from 'urql';
import { Home } from './Home';
import { Login } from './Login';
import { Session } from './session';
import { createLive } from './live';
import { createUrql } from './urql';
import { optimistic } from './urql-add-entry';
import { updates } from './urql-changes';
import { subscriptions } from './urql-live';

const session = new Session(import.meta.env.VITE_DAYBOOK_URL ?? 'http://127.0.0.1:8000/graphql', localStorage);
const connect = () => createUrql(session, { optimistic, updates }, subscriptions(createLive(session)));

export function App() {
  const [client, setClient] = useState(connect);
  // Each login has a client of its own, so that nobody sees what another user left in the cache.
  useEffect(() => session.onChange(() => setClient(connect())), []);
  return (
    <Provider value={client}>
      {session.accessToken ? <Home onLogout={() => session.end()} /> : <Login onTokens={(payload) => session.start(payload)} />}
    </Provider>
  );
}
