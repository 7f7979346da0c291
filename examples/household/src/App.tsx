import { useEffect, useState } from 'react';
import { Provider } from 'urql';
import { Home } from './Home';
import { Login } from './Login';
import { Session } from './session';
import { createUrql } from './urql';
import { optimistic, updates } from './urql-add-entry';

const session = new Session(import.meta.env.VITE_DAYBOOK_URL ?? 'http://127.0.0.1:8000/graphql', localStorage);
const connect = () => createUrql(session, { optimistic, updates });

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
