import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { TRANSFER } from './documents';
import { format } from './format';
import { graphql } from './gql';
import type { WalletsQuery } from './gql/graphql';

const WALLETS = graphql(`
  query Wallets {
    wallets {
      id
      name
      balance { amount currency }
    }
  }
`);

export function Wallets() {
  const [{ data, error }] = useQuery({ query: WALLETS });
  const wallets = data?.wallets ?? [];
  return (
    <section aria-label="Wallets">
      <h2>Wallets</h2>
      {error && <p role="alert">{error.message}</p>}
      <ul>
        {wallets.map(({ id, name, balance }) => (
          <li key={id}>{name} <output>{format(balance)}</output></li>
        ))}
      </ul>
      {wallets.length > 0 && <Pay wallets={wallets} />}
    </section>
  );
}

/** Pays from one of the wallets. The answer has the new balances, which the list shows without being read again. */
function Pay({ wallets }: { wallets: NonNullable<WalletsQuery['wallets']> }) {
  const [{ data, error }, transfer] = useMutation(TRANSFER);
  // The same form that is sent again, after an answer that was lost, pays once.
  const [idempotencyKey, setKey] = useState(() => crypto.randomUUID());

  async function send(form: FormData) {
    const [from, to, amount] = ['from', 'to', 'amount'].map((name) => String(form.get(name)));
    const isOwn = wallets.some(({ id }) => id === to);
    const input = { from: { id: from }, to: isOwn ? { id: to } : { username: to }, amount, idempotencyKey };
    const result = await transfer({ input });
    if (result.data) setKey(crypto.randomUUID());
  }
  return (
    <form action={send} aria-label="Pay">
      <label>
        From
        <select name="from">{wallets.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}</select>
      </label>
      <label>
        To
        <input name="to" list="wallets" required placeholder="a wallet or a username" />
        <datalist id="wallets">{wallets.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}</datalist>
      </label>
      <label>Amount <input name="amount" inputMode="decimal" required /></label>
      <button>Pay</button>
      <p role="alert">{error?.message ?? data?.transfer?.userErrors.map(({ message }) => message).join(' ')}</p>
    </form>
  );
}
