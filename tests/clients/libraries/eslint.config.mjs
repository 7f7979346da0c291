// Lints the schema, and the documents of docs/clients.md, in `work/`.

import graphql from '@graphql-eslint/eslint-plugin';

const { configs, parser } = graphql;
const languageOptions = {
  parser,
  parserOptions: { graphQLConfig: { schema: 'work/web/schema.graphql', documents: 'work/web/src/documents.ts' } },
};

/** Values and reports, which no query finds by an id. */
const WITHOUT_ID = [
  'Aging', 'Allocation', 'BookChange', 'BudgetStatus', 'CategoryTotal', 'Change', 'CustomerSales', 'CustomerStatement',
  'CustomerSummary', 'Debt', 'DocumentParty', 'EntryVersion', 'ImportAnswer', 'ImportFinding', 'ImportLine', 'ImportOffer', 'ImportPreview', 'ImportProblem',
  'ImportQuestion', 'ImportTotals', 'InvoiceLine', 'Money', 'MonthlyReport', 'MonthlySales', 'NoteLine', 'PageInfo',
  'PreviewedTransaction', 'ProposedDuplicate', 'ProposedTransfer', 'Receivables', 'SalesFigures', 'SalesReport', 'TransactionLine',
  'TransactionTotals', 'TransactionVersion', 'TransactionVersionLine', 'WalletParty',
];

export default [
  { files: ['work/web/src/documents.ts'], processor: graphql.processor },
  {
    files: ['work/web/schema.graphql'],
    languageOptions,
    plugins: { '@graphql-eslint': graphql },
    rules: {
      ...configs['flat/schema-recommended'].rules,
      ...configs['flat/schema-relay'].rules,
      // The server prints short descriptions in one line.
      '@graphql-eslint/description-style': 'off',
      '@graphql-eslint/require-description': ['error', {
        types: true, DirectiveDefinition: true, EnumValueDefinition: true, FieldDefinition: true, InputValueDefinition: true,
        rootField: true, ignoredSelectors: ['DirectiveDefinition InputValueDefinition'],
      }],
      // Lists that cannot grow long are no connections; versions and allocations have no id.
      '@graphql-eslint/relay-edge-types': ['error', {
        withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false,
      }],
      // `changes` goes forwards only, as the connections specification allows; all other lists go both ways, which our own tests check.
      '@graphql-eslint/relay-arguments': ['error', { includeBoth: false }],
      // It takes "username" of `User` for a prefix.
      '@graphql-eslint/no-typename-prefix': 'off',
      '@graphql-eslint/strict-id-in-types': ['error', {
        exceptions: { types: WITHOUT_ID, suffixes: ['Connection', 'Edge', 'Error', 'Payload'] },
      }],
    },
  },
  {
    files: ['work/web/src/documents.ts/*.graphql'],
    languageOptions,
    plugins: { '@graphql-eslint': graphql },
    rules: configs['flat/operations-recommended'].rules,
  },
];
