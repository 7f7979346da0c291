import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { Customers } from './Customers';
import { graphql } from './gql';
import { Ledger } from './Ledger';
import { Wallets } from './Wallets';

const ME = graphql(`
  query Me {
    me { id displayName }
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
