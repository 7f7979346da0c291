
const capital = (name) => name[0].toUpperCase() + name.slice(1);
export const mutation = (field, selection = "") => `mutation ${capital(field)}($input: ${capital(field)}Input!) {
  ${field}(input: $input) {${selection && `\n    ${selection}`}
    userErrors { code path message }
  }
}`;
export const SESSION = "accessToken\n    refreshToken\n    expiresIn\n    user { id username displayName }";
export const WALLET = "wallet { id name currency status isDefault }";
export const TRANSACTION = "replayed\n    transaction { id reference type amount { amount currency } status failure }";
export const CUSTOMER = "customer { id name phone city balance { amount currency } }";
export const ENTRY = `replayed
    entry {
      id date type note version deletedAt
      amount { amount currency }
      balanceAfter { amount }
      customer { balance { amount } }
    }`;
export const INVOICE = `replayed
    invoice {
      id number date dueDate status voidReason
      lines {
        description quantity
        unitPrice
        amount { amount }
      }
      grossAmount { amount }
      discountAmount { amount }
      cgst { amount }
      sgst { amount }
      igst { amount }
      otherCharges { amount }
      roundOff { amount }
      totalAmount { amount currency }
      outstanding { amount }
    }`;
export const RECEIPT = `replayed
    receipt {
      id number date paymentType voidReason
      amount { amount currency }
      allocations {
        nodes {
          amount { amount }
          invoice { number status outstanding { amount } }
        }
      }
      onAccount { amount }
    }`;
const note = (field, left) => `replayed
    ${field} {
      id number date reason voidReason
      invoice { number status credited { amount } debited { amount } outstanding { amount } }
      lines {
        line quantity
        amount { amount }
      }
      grossAmount { amount }
      cgst { amount }
      sgst { amount }
      igst { amount }
      otherCharges { amount }
      totalAmount { amount currency }
      ${left} { amount }
    }`;
export const CREDIT_NOTE = note("creditNote", "onAccount");
export const DEBIT_NOTE = note("debitNote", "outstanding");
export const CATEGORY = "category { id name kind archivedAt }";
export const SPENDING = `replayed
    transaction {
      id kind date description version deletedAt
      amount { amount currency }
      lines { category { name } amount { amount } note }
      wallet { name balance { amount } }
    }`;
export const BUDGET = "budget { id month rollover rolloverFrom description limit { amount currency } category { name } }";
export const BOOK = `book {
      id name currency timeZone invoiceNumberPattern receiptNumberPattern roundInvoiceTotals
      creditNoteNumberPattern debitNoteNumberPattern
      shopName proprietorName gstNumber phone address city state
    }`;
export const PROFILE = "user { id username displayName phone email timeZone }";
export const ME = `query Me {
  me {
    id username displayName phone email timeZone createdAt
    sessions { id isCurrent createdAt lastUsedAt address userAgent }
  }
}`;
export const REFRESH = mutation("refreshToken", SESSION);
export const WALLETS = `query MyWallets {
  me { username displayName }
  wallets { id name status isDefault balance { amount currency } }
}`;
export const HISTORY = `query History($id: ID!, $first: Int, $after: String, $only: WalletTransactionFilter) {
  walletHistory(walletId: $id, first: $first, after: $after, filter: $only) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges {
      direction
      balanceAfter { amount currency }
      node {
        type createdAt status failure reference memo
        amount { amount currency }
        from { displayName }
        to { displayName }
      }
    }
  }
}`;
export const ALL_TRANSACTIONS = `query AllTransactions($first: Int, $after: String, $only: WalletTransactionListFilter) {
  walletTransactions(first: $first, after: $after, filter: $only) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges {
      direction
      node { type createdAt status amount { amount currency } from { displayName wallet { name } } to { displayName wallet { name } } }
    }
  }
}`;
export const BALANCE_AT = `query BalanceAt($id: ID!, $time: DateTime!) {
  wallet(id: $id) {
    name
    balance { amount currency }
    balanceAt(time: $time) { amount currency }
  }
}`;
export const CATEGORIES = `query Categories($kind: CategoryKind) {
  categories(kind: $kind) { id name kind }
}`;
export const TRANSACTIONS = `query Transactions(
  $first: Int, $after: String, $only: TransactionFilter, $order: TransactionOrder
) {
  transactions(first: $first, after: $after, filter: $only, orderBy: $order) {
    totalCount
    totals { income { amount currency } expense { amount } net { amount } }
    pageInfo { hasNextPage endCursor }
    nodes {
      id date kind description
      amount { amount currency }
      category { name }
      lines { category { name } amount { amount } }
    }
  }
}`;
export const VERSIONS = `query Versions($id: ID!) {
  transaction(id: $id) {
    description deletedAt
    versions {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes {
        version kind date description since until
        amount { amount currency }
        lines { category { name } amount { amount } }
      }
    }
  }
}`;
export const BUDGETS = `query Budgets($month: YearMonth, $first: Int, $after: String) {
  budgets(month: $month, first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      id month rollover rolloverFrom description
      limit { amount currency }
      category { name }
    }
  }
}`;
export const REPORT = `query Report($month: YearMonth!) {
  monthlyReport(month: $month) {
    month currency otherCurrencies
    totalIncome { amount }
    totalExpense { amount }
    netSavings { amount }
    categories {
      category { name kind }
      total { amount }
      share transactionCount
      change { amount }
    }
    budgets {
      category { name }
      limit { amount }
      carriedOver { amount }
      spent { amount }
      remaining { amount }
      usedShare state
    }
    unbudgeted { amount }
  }
}`;
export const REPORTS = `query Reports($from: YearMonth!, $to: YearMonth!) {
  monthlyReports(from: $from, to: $to) {
    month
    totalIncome { amount currency }
    totalExpense { amount }
    netSavings { amount }
  }
}`;
export const SALES = `query Sales($from: YearMonth!, $to: YearMonth!) {
  salesReport(from: $from, to: $to) {
    currency otherCurrencies
    months { month figures { invoiceCount totalAmount { amount } received { amount } } }
    customers(first: 10) {
      nodes {
        customer { name }
        figures {
          grossAmount { amount }
          cgst { amount }
          sgst { amount }
          igst { amount }
          totalAmount { amount }
          received { amount }
        }
      }
    }
  }
}`;
export const CUSTOMERS = `query MyCustomers($filter: CustomerFilter, $order: CustomerOrder) {
  customers(first: 20, filter: $filter, orderBy: $order) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      id name phone city lastActivityAt
      balance { amount currency }
      entries(first: 3) { nodes { date type source amount { amount } balanceAfter { amount } } }
    }
  }
}`;
export const ENTRIES = `query Entries($first: Int, $after: String, $only: EntryFilter) {
  entries(first: $first, after: $after, filter: $only) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      id date weekday type source note version
      amount { amount currency }
      balanceAfter { amount }
      customer { name }
    }
  }
}`;
export const SUMMARY = `query Summary($id: ID!, $from: Date, $to: Date) {
  customerSummary(customerId: $id, from: $from, to: $to) {
    customer { name }
    openingBalance { amount currency }
    totalCredit { amount }
    totalDebit { amount }
    balance { amount }
    closingBalance { amount }
    entryCount lastEntryDate otherCurrencies
  }
}`;
export const STATEMENT = `query Statement($id: ID!, $from: Date, $to: Date, $first: Int, $after: String) {
  customerStatement(customerId: $id, from: $from, to: $to) {
    customer { name }
    openingBalance { amount currency }
    lines(first: $first, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes {
        date type note
        amount { amount }
        balanceAfter { amount }
        invoice { number }
        receipt { number }
        creditNote { number }
        debitNote { number }
      }
    }
    closingBalance { amount }
    aging {
      current { amount }
      days1To30 { amount }
      days31To60 { amount }
      days61To90 { amount }
      over90Days { amount }
      inAdvance { amount }
    }
  }
}`;
export const RECEIVABLES = `query Receivables {
  book {
    name
    receivables {
      currency customerCount
      total { amount }
      inAdvance { amount }
      largest { customer { name } balance { amount } }
    }
  }
}`;
export const ACTIVITY = `query Activity($first: Int, $only: ActivityFilter) {
  activities(first: $first, filter: $only) {
    totalCount
    nodes {
      createdAt action outcome codes address
      actor { displayName }
      thing { __typename id }
      changes { field from to }
    }
    pageInfo { hasNextPage endCursor }
  }
}`;
export const ACTIVITIES_OF_CUSTOMER = `query ActivitiesOfCustomer($id: ID!, $first: Int, $after: String) {
  customer(id: $id) {
    name
    activities(first: $first, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes {
        createdAt action outcome codes
        actor { displayName }
        changes { field from to }
      }
    }
  }
}`;
export const INTROSPECTION = `query Introspection {
  __schema {
    queryType { name }
    mutationType { name }
    types {
      kind name description specifiedByURL isOneOf
      fields { name description type { ...Type } args { ...Input } }
      inputFields { ...Input }
      enumValues { name description }
      possibleTypes { ...Type }
    }
  }
}
fragment Input on __InputValue { name description defaultValue type { ...Type } }
fragment Type on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }`;
export const CHANGES = `query Changes($after: String) {
  changes(first: 20, after: $after) {
    nodes { cursor kind thingId createdAt thing { __typename } }
    pageInfo { hasNextPage endCursor }
  }
}`;
export const FOLLOW = `# Runs until it is stopped. Do something in another tab meanwhile.
subscription FollowChanges($after: String) {
  bookChanges(after: $after) { cursor kind thingId createdAt thing { __typename } }
}`;
