import { graphql } from './gql';

graphql(`
  fragment Errors on Payload {
    userErrors {
      code
      message
      path
      ... on InsufficientFundsError { balance { amount currency } }
    }
  }
`);

graphql(`
  fragment EntryRow on Entry {
    id
    date
    type
    note
    amount { amount currency }
  }
`);

export const CUSTOMERS = graphql(`
  query Customers($first: Int!, $after: String) {
    customers(first: $first, after: $after) {
      edges {
        cursor
        node { id name balance { amount currency } }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

export const CUSTOMER = graphql(`
  query Customer($id: ID!, $first: Int!, $after: String) {
    customer(id: $id) {
      id
      name
      balance { amount currency }
      entries(first: $first, after: $after) {
        edges {
          cursor
          node { ...EntryRow }
        }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`);

export const ADD_ENTRY = graphql(`
  mutation AddEntry($input: AddEntryInput!) {
    addEntry(input: $input) {
      entryEdge {
        cursor
        node {
          ...EntryRow
          customer { id balance { amount currency } }
        }
      }
      ...Errors
    }
  }
`);

export const TRANSFER = graphql(`
  mutation Transfer($input: TransferInput!) {
    transfer(input: $input) {
      fromWallet { id balance { amount currency } }
      toWallet { id balance { amount currency } }
      ...Errors
    }
  }
`);

export const BOOK_CHANGES = graphql(`
  subscription BookChanges($after: String) {
    bookChanges(after: $after) {
      cursor
      kind
      thing {
        __typename
        id
        ... on Customer { name balance { amount currency } }
        ... on Wallet { name funds: balance { amount currency } }
        ... on Entry {
          ...EntryRow
          customer { id balance { amount currency } }
        }
        ... on WalletTransaction {
          from { wallet { id balance { amount currency } } }
          to { wallet { id balance { amount currency } } }
        }
      }
    }
  }
`);
