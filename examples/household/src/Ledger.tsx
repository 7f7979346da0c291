import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { ADD_ENTRY, CUSTOMER } from './documents';
import { format } from './format';
import type { EntryType } from './gql/graphql';
import { newId } from './new-id';
import { PAGE } from './urql-add-entry';

/** The ledger of a customer, newest entries first. */
export function Ledger({ id }: { id: string }) {
  const [after, setAfter] = useState<string | null>();
  const [{ data, error }] = useQuery({ query: CUSTOMER, variables: { id, first: PAGE, after } });
  const customer = data?.customer;
  const entries = customer?.entries;
  return (
    <section aria-label="Ledger">
      <h2>{customer?.name}</h2>
      {error && <p role="alert">{error.message}</p>}
      {customer?.balance && <p>Owes <output>{format(customer.balance)}</output></p>}
      <AddEntry customerId={id} />
      <table>
        <tbody>
          {entries?.edges.map(({ cursor, node: { id, date, type, note, amount } }) => (
            <tr key={id} className={cursor.startsWith('new ') ? 'sending' : undefined}>
              <td>{date}</td>
              <td>{type === 'CREDIT' ? 'took' : 'paid'}</td>
              <td>{format(amount)}</td>
              <td>{note}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {entries?.pageInfo.hasNextPage && <button onClick={() => setAfter(entries.pageInfo.endCursor)}>Earlier entries</button>}
    </section>
  );
}

/** Adds an entry. The list and the balance show it at once; when the server refuses it, it disappears again. */
function AddEntry({ customerId }: { customerId: string }) {
  const [{ data, error }, addEntry] = useMutation(ADD_ENTRY);
  const send = (form: FormData) => {
    const type: EntryType = form.get('type') === 'DEBIT' ? 'DEBIT' : 'CREDIT';
    const note = String(form.get('note')) || null;
    const input = { id: newId('entry'), customerId, type, amount: String(form.get('amount')), note };
    void addEntry({ input });
  };
  return (
    <form action={send} aria-label="New entry">
      <select name="type" aria-label="Kind">
        <option value="CREDIT">took goods</option>
        <option value="DEBIT">paid</option>
      </select>
      <label>Amount <input name="amount" inputMode="decimal" pattern="\d+(\.\d+)?" required /></label>
      <label>Note <input name="note" /></label>
      <button>Add</button>
      <p role="alert">{error?.message ?? data?.addEntry?.userErrors.map(({ message }) => message).join(' ')}</p>
    </form>
  );
}
