import { useEffect, useState } from 'react';
import { useMutation, useQuery, useSubscription } from 'urql';
import { Customers } from './Customers';
import { BOOK_CHANGES } from './documents';
import { graphql } from './gql';
import { Ledger } from './Ledger';
import { Wallets } from './Wallets';

const ME = graphql(`
  query Me {
    me { id displayName }
    book { id cursor }
  }
`);

const LOGOUT = graphql(`
  mutation Logout {
    logout { ...Errors }
  }
`);

export function Home({ onLogout }: { onLogout: () => void }) {
  const [customer, setCustomer] = useState<string>();
  const [{ data }] = useQuery({ query: ME });
  const [, logout] = useMutation(LOGOUT);
  // What other devices do is on the page at once, and after a time without a connection.
  const [{ error }] = useSubscription({ query: BOOK_CHANGES, variables: { after: data?.book?.cursor }, pause: !data?.book });
  const isTooOld = error?.graphQLErrors.some(({ extensions }) => extensions['code'] === 'CURSOR_TOO_OLD');
  useEffect(() => {
    // What was missed is not kept any more: everything has to be read again.
    if (isTooOld) location.reload();
  }, [isTooOld]);
  return (
    <>
      <header>
        <h1>Household</h1>
        <span>{data?.me?.displayName}</span>
        <button onClick={() => void logout({}).then(onLogout)}>Log out</button>
      </header>
      <main>
        <Wallets />
        <Customers selected={customer} onSelect={setCustomer} />
        {customer && <Ledger key={customer} id={customer} />}
      </main>
    </>
  );
}
