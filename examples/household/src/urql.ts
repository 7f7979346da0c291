import { authExchange } from '@urql/exchange-auth';
import { cacheExchange, type CacheExchangeOpts, type KeyingConfig } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { Client, fetchExchange, type Exchange } from 'urql';
import schema from './gql/introspection';
import type { Session } from './session';

export const PAGES = {
  Query: [
    'activities', 'budgets', 'changes', 'creditNotes', 'customers', 'debitNotes', 'entries', 'imports', 'invoices',
    'proposedDuplicates', 'proposedTransfers', 'receipts', 'transactions', 'walletHistory', 'walletTransactions',
  ],
  Customer: ['activities', 'creditNotes', 'debitNotes', 'entries', 'invoices', 'receipts'],
  Wallet: ['activities', 'transactions'],
};

export const WITHOUT_ID = [
  'Aging', 'Allocation', 'BookChange', 'BudgetStatus', 'CategoryTotal', 'Change', 'ConflictError', 'CurrencyMismatchError',
  'CustomerSales', 'CustomerStatement', 'CustomerSummary', 'Debt', 'DocumentParty', 'EntryVersion', 'ImportAnswer', 'ImportFinding', 'ImportLine',
  'ImportOffer', 'ImportPreview', 'ImportProblem', 'ImportQuestion', 'ImportTotals', 'InsufficientFundsError', 'InvoiceLine',
  'LimitReachedError', 'Money', 'MonthlyReport', 'MonthlySales', 'NoteLine', 'OtherError', 'PreviewedTransaction',
  'ProposedDuplicate', 'ProposedTransfer', 'Receivables', 'SalesFigures', 'SalesReport', 'TooManyAttemptsError', 'TransactionLine',
  'TransactionTotals', 'TransactionVersion', 'TransactionVersionLine', 'WalletParty',
];

export function createUrql(session: Session, more: CacheExchangeOpts = {}, ...others: Exchange[]): Client {
  const keys: KeyingConfig = Object.fromEntries(WITHOUT_ID.map((type) => [type, () => null]));
  const resolvers = Object.fromEntries(
    Object.entries(PAGES).map(([type, fields]) => [type, Object.fromEntries(fields.map((field) => [field, relayPagination()]))]),
  );
  const cache = cacheExchange({ schema, keys, resolvers, ...more });
  return new Client({ url: session.url, exchanges: [cache, auth(session), ...others, fetchExchange] });
}

/** Sends the access token, renews it when it has expired, and then sends the operation again. */
export const auth = (session: Session) =>
  authExchange(async ({ appendHeaders }) => ({
    addAuthToOperation: (operation) =>
      session.accessToken ? appendHeaders(operation, { Authorization: `Bearer ${session.accessToken}` }) : operation,
    didAuthError: ({ graphQLErrors }) =>
      session.accessToken !== undefined && graphQLErrors.some(({ extensions }) => extensions.code === 'UNAUTHENTICATED'),
    refreshAuth: async () => void (await session.renew()),
  }));
