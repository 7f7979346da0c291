import { useEffect, useRef, useState } from 'react';
import { useQuery } from 'urql';
import { CUSTOMERS } from './documents';
import { format } from './format';
import { PAGE } from './urql-add-entry';

interface Props {
  selected: string | undefined;
  onSelect: (id: string) => void;
}

/** All customers by name. The next page is read when the end of the list comes into view. */
export function Customers({ selected, onSelect }: Props) {
  const [after, setAfter] = useState<string | null>();
  const [{ data, error, fetching, stale }] = useQuery({ query: CUSTOMERS, variables: { first: PAGE, after } });
  const customers = data?.customers;
  const next = !fetching && !stale && customers?.pageInfo.hasNextPage ? customers.pageInfo.endCursor : undefined;
  const end = useRef<HTMLLIElement>(null);

  useEffect(() => {
    if (!next || !end.current) return;
    const observer = new IntersectionObserver((entries) => entries.some(({ isIntersecting }) => isIntersecting) && setAfter(next));
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [next]);

  return (
    <section aria-label="Customers">
      <h2>Customers</h2>
      {error && <p role="alert">{error.message}</p>}
      <ul className="scroll">
        {customers?.edges.map(({ node: { id, name, balance } }) => (
          <li key={id}>
            <button aria-pressed={id === selected} onClick={() => onSelect(id)}>{name}</button>
            <output>{balance && format(balance)}</output>
          </li>
        ))}
        <li ref={end} className="end" aria-hidden="true" />
      </ul>
    </section>
  );
}
