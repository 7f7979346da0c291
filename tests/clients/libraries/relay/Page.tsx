// The page around the components of docs/clients.md.

import { graphql, useLazyLoadQuery } from 'react-relay';
import { CustomerCard } from './CustomerCard';
import { CustomerList } from './CustomerList';
import type { PageCustomerQuery } from './__generated__/PageCustomerQuery.graphql';
import type { PageListQuery, PageListQuery$variables } from './__generated__/PageListQuery.graphql';

export function List({ page }: { page: PageListQuery$variables }) {
  const query = useLazyLoadQuery<PageListQuery>(
    graphql`
      query PageListQuery($first: Int, $after: String, $last: Int, $before: String) {
        ...CustomerList_query @arguments(first: $first, after: $after, last: $last, before: $before)
      }
    `,
    page,
  );
  return <CustomerList query={query} />;
}

export function Card({ id }: { id: string }) {
  const { customer } = useLazyLoadQuery<PageCustomerQuery>(
    graphql`
      query PageCustomerQuery($id: ID!) {
        customer(id: $id) { ...CustomerCard_customer }
      }
    `,
    { id },
  );
  return customer && <CustomerCard customer={customer} />;
}

export const CREATE = graphql`
  mutation PageCreateMutation($input: CreateCustomerInput!, $connections: [ID!]!) @raw_response_type {
    createCustomer(input: $input) {
      customerEdge @prependEdge(connections: $connections) {
        cursor
        node { id name }
      }
      userErrors { code }
    }
  }
`;

export const CHANGES = graphql`
  subscription PageChangesSubscription($after: String) {
    bookChanges(after: $after) {
      cursor
      thing {
        id
        ... on Customer { name balance { amount currency } }
        ... on Entry { customer { id balance { amount currency } } }
      }
    }
  }
`;

export const ME = graphql`
  query PageMeQuery @throwOnFieldError {
    me { username }
  }
`;
