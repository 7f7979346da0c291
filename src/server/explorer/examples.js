"use strict";
const $ = (id) => document.getElementById(id);

const capital = (name) => name[0].toUpperCase() + name.slice(1);
const mutation = (field, selection = "") => `mutation ${capital(field)}($input: ${capital(field)}Input!) {
  ${field}(input: $input) {${selection && `\n    ${selection}`}
    userErrors { code path message }
  }
}`;
const SESSION = "accessToken\n    refreshToken\n    expiresIn\n    user { id username displayName }";
const WALLET = "wallet { id name currency status isDefault }";
const TRANSACTION = "replayed\n    transaction { id reference type amount { amount currency } status failure }";
const CUSTOMER = "customer { id name phone city balance { amount currency } }";
const ENTRY = `replayed
    entry {
      id date type note version deletedAt
      amount { amount currency }
      balanceAfter { amount }
      customer { balance { amount } }
    }`;
const INVOICE = `replayed
    invoice {
      id number date dueDate status voidReason
      lines {
        description quantity
        unitPrice { amount }
        amount { amount }
      }
      grossAmount { amount }
      cgst { amount }
      sgst { amount }
      igst { amount }
      otherCharges { amount }
      totalAmount { amount currency }
      outstanding { amount }
    }`;
const RECEIPT = `replayed
    receipt {
      id number date paymentType voidReason
      amount { amount currency }
      allocations {
        amount { amount }
        invoice { number status outstanding { amount } }
      }
      onAccount { amount }
    }`;
const CATEGORY = "category { id name kind archivedAt }";
const SPENDING = `replayed
    transaction {
      id kind date description version deletedAt
      amount { amount currency }
      lines { category { name } amount { amount } note }
      wallet { name balance { amount } }
    }`;
const BUDGET = "budget { id month rollover rolloverFrom description limit { amount currency } category { name } }";
const BOOK = "book { id name currency timeZone invoiceNumberPattern receiptNumberPattern }";
const REFRESH = mutation("refreshToken", SESSION);
const WALLETS = `query MyWallets {
  me { username displayName }
  wallets { id name status isDefault balance { amount currency } }
}`;
const HISTORY = `query History($id: ID!, $first: Int, $after: String, $only: WalletTransactionFilter) {
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
const BALANCE_AT = `query BalanceAt($id: ID!, $time: DateTime!) {
  wallet(id: $id) {
    name
    balance { amount currency }
    balanceAt(time: $time) { amount currency }
  }
}`;
const CATEGORIES = `query Categories($kind: CategoryKind) {
  categories(kind: $kind) { id name kind }
}`;
const TRANSACTIONS = `query Transactions(
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
const VERSIONS = `query Versions($id: ID!) {
  transaction(id: $id) {
    description deletedAt
    versions {
      version kind date description since until
      amount { amount currency }
      lines { category { name } amount { amount } }
    }
  }
}`;
const BUDGETS = `query Budgets($month: YearMonth) {
  budgets(month: $month) {
    id month rollover rolloverFrom description
    limit { amount currency }
    category { name }
  }
}`;
const REPORT = `query Report($month: YearMonth!) {
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
      usedShare status
    }
    unbudgeted { amount }
  }
}`;
const REPORTS = `query Reports($from: YearMonth!, $to: YearMonth!) {
  monthlyReports(from: $from, to: $to) {
    month
    totalIncome { amount currency }
    totalExpense { amount }
    netSavings { amount }
  }
}`;
const CUSTOMERS = `query MyCustomers($filter: CustomerFilter, $order: CustomerOrder) {
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
const ENTRIES = `query Entries($first: Int, $after: String, $only: EntryFilter) {
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
const SUMMARY = `query Summary($id: ID!, $from: Date, $to: Date) {
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
const STATEMENT = `query Statement($id: ID!, $from: Date, $to: Date, $first: Int, $after: String) {
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
const RECEIVABLES = `query Receivables {
  book {
    name
    receivables {
      currency customers
      total { amount }
      inAdvance { amount }
      largest { customer { name } balance { amount } }
    }
  }
}`;
const ACTIVITY = `query Activity($first: Int, $only: ActivityFilter) {
  activity(first: $first, filter: $only) {
    totalCount
    nodes {
      time action outcome codes address
      actor { displayName }
      thing { __typename id }
      changes { field from to }
    }
    pageInfo { hasNextPage endCursor }
  }
}`;
const HISTORY_OF_CUSTOMER = `query HistoryOfCustomer($id: ID!) {
  customer(id: $id) {
    name
    history {
      time action outcome codes
      actor { displayName }
      changes { field from to }
    }
  }
}`;
const INTROSPECTION = `query Introspection {
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

let session = JSON.parse(sessionStorage.getItem("session"));
const me = () => session?.username ?? "amal";
const other = () => (me() === "basma" ? "amal" : "basma");
/** The id of what was made last of a kind or, when nothing was, of what was listed. */
const id = (kind) => session?.ids?.[kind] ?? `${kind}_...`;
const password = "correct horse battery";
const key = () => `try-${Date.now()}`;
const day = (days = 0) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const month = (months = 0) => {
  const today = new Date();
  return new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + months)).toISOString().slice(0, 7);
};
// The variables are made when they are needed: they depend on who is logged in and on what was made.
const EXAMPLES = {
  Session: [
    ["Register", mutation("register", SESSION), () => ({ input: { username: session ? other() : "amal", password } })],
    ["Log in", mutation("login", SESSION), () => ({ input: { identifier: me(), password } })],
    ["Refresh token", REFRESH, () => ({ input: { refreshToken: session?.refreshToken ?? "..." } })],
    ["Log out", mutation("logout"), () => ({ input: { everywhere: false } })],
  ],
  Wallets: [
    ["My wallets", WALLETS],
    ["Deposit", mutation("deposit", TRANSACTION),
      () => ({ input: { wallet: { username: me() }, amount: "1250.00", memo: "Opening" } })],
    ["Withdraw", mutation("withdraw", TRANSACTION),
      () => ({ input: { wallet: { username: me() }, amount: "20.00", memo: "Cash" } })],
    ["Transfer", mutation("transfer", TRANSACTION), () => ({ input: {
      from: { username: me() }, to: { username: other() }, amount: "99.50", idempotencyKey: key(),
    } })],
    ["History", HISTORY, () => ({ id: id("wallet"), first: 20, only: { status: "SUCCEEDED" } })],
    ["Balance at a moment", BALANCE_AT, () => ({ id: id("wallet"), time: new Date().toISOString() })],
    ["Create wallet", mutation("createWallet", WALLET), () => ({ input: { name: "Savings", currency: "USD" } })],
    ["Freeze", mutation("freezeWallet", WALLET), () => ({ input: { id: id("wallet") } })],
    ["Unfreeze", mutation("unfreezeWallet", WALLET), () => ({ input: { id: id("wallet") } })],
  ],
  "Income and spending": [
    ["Categories", CATEGORIES, () => ({ kind: "EXPENSE" })],
    ["Create category", mutation("createCategory", CATEGORY), () => ({ input: { name: "Rent", kind: "EXPENSE" } })],
    ["Rename category", mutation("updateCategory", CATEGORY),
      () => ({ input: { id: id("category"), name: "Rent and water" } })],
    ["Delete category", mutation("deleteCategory", `deletedId\n    ${CATEGORY}`),
      () => ({ input: { id: id("category") } })],
    ["Restore category", mutation("restoreCategory", CATEGORY), () => ({ input: { id: id("category") } })],
    ["Add income", mutation("addTransaction", SPENDING), () => ({ input: {
      category: { name: "Salary" }, amount: "1800.00", date: day(), walletId: id("wallet"), idempotencyKey: key(),
    } })],
    ["Add expense", mutation("addTransaction", SPENDING), () => ({ input: {
      category: { name: "Food" }, amount: "48.50", date: day(), description: "Market", idempotencyKey: key(),
    } })],
    ["Add expense, split", mutation("addTransaction", SPENDING), () => ({ input: {
      amount: "75.00", date: day(), description: "Weekend", idempotencyKey: key(),
      lines: [
        { category: { name: "Food" }, amount: "60.00", note: "Dinner" },
        { category: { name: "Transport" }, amount: "15.00" },
      ],
    } })],
    ["Update transaction", mutation("updateTransaction", SPENDING),
      () => ({ input: { id: id("txn"), category: { name: "Food" }, amount: "52.25" } })],
    ["Delete transaction", mutation("deleteTransaction", SPENDING), () => ({ input: { id: id("txn") } })],
    ["Transactions", TRANSACTIONS, () => ({
      first: 20, only: { kind: "EXPENSE", from: day(-30), to: day() }, order: { field: "AMOUNT", direction: "DESC" },
    })],
    ["What a transaction was", VERSIONS, () => ({ id: id("txn") })],
    ["Import transactions", mutation("importTransactions", `added duplicates good refused
    lines { line status transaction { id description } userErrors { code path message } }`), () => ({ input: {
      csv: `date,amount,category,description\n${day()},12.30,Food,Bread\n${day()},12.30,Food,Bread\n`, dryRun: true,
    } })],
    ["Set budget", mutation("setBudget", BUDGET), () => ({ input: {
      category: { name: "Food" }, limit: "100.00", rollover: "SURPLUS", description: "Eat well",
    } })],
    ["Set budget of a month", mutation("setBudget", BUDGET),
      () => ({ input: { category: { name: "Transport" }, limit: "15.00", month: month() } })],
    ["Budgets", BUDGETS, () => ({ month: month() })],
    ["Delete budget", mutation("deleteBudget", "deletedId"), () => ({ input: { id: id("budget") } })],
    ["Monthly report", REPORT, () => ({ month: month() })],
    ["Monthly reports", REPORTS, () => ({ from: month(-5), to: month() })],
  ],
  Customers: [
    ["Create customer", mutation("createCustomer", CUSTOMER),
      () => ({ input: { name: "Yusuf Saleh", city: "Aden", note: "Pays on Fridays" } })],
    ["My customers", CUSTOMERS,
      () => ({ filter: { archived: false }, order: { field: "BALANCE", direction: "DESC" } })],
    ["Add entry", mutation("addEntry", ENTRY), () => ({ input: {
      customerId: id("customer"), type: "CREDIT", amount: "400.00", date: day(), note: "Rice and oil", idempotencyKey: key(),
    } })],
    ["Update entry", mutation("updateEntry", ENTRY),
      () => ({ input: { id: id("entry"), amount: "380.00", note: "Rice, less a bag" } })],
    ["Delete entry", mutation("deleteEntry", ENTRY), () => ({ input: { id: id("entry") } })],
    ["Entries", ENTRIES,
      () => ({ first: 20, only: { customerId: id("customer"), from: day(-30), to: day(), type: "CREDIT" } })],
    ["Customer summary", SUMMARY, () => ({ id: id("customer"), from: day(-30), to: day() })],
    ["Customer statement", STATEMENT, () => ({ id: id("customer"), from: day(-30), to: day(), first: 20 })],
  ],
  "Invoices and receipts": [
    ["Create invoice", mutation("createInvoice", INVOICE), () => ({ input: {
      customerId: id("customer"), date: day(), dueDate: day(30), gstRate: "18", idempotencyKey: key(),
      lines: [
        { description: "Lentils, kg", quantity: "2.5", unitPrice: "18.00" },
        { description: "Tinned tuna", quantity: "12", unitPrice: "7.50" },
      ],
    } })],
    ["Void invoice", mutation("voidInvoice", INVOICE),
      () => ({ input: { id: id("invoice"), reason: "Wrong customer" } })],
    ["Create receipt", mutation("createReceipt", RECEIPT), () => ({ input: {
      customerId: id("customer"), amount: "100.00", paymentType: "CASH", date: day(), idempotencyKey: key(),
    } })],
    ["Void receipt", mutation("voidReceipt", RECEIPT),
      () => ({ input: { id: id("receipt"), reason: "The cheque bounced" } })],
  ],
  Book: [
    ["Receivables", RECEIVABLES],
    ["Update book", mutation("updateBook", BOOK),
      () => ({ input: {
        invoiceNumberPattern: "INV-{FY}-{0000}", receiptNumberPattern: "RCT-{YYYY}-{0000}", timeZone: "Asia/Aden",
      } })],
    ["Activity", ACTIVITY, () => ({ first: 20, only: { from: `${day(-30)}T00:00:00Z` } })],
    ["What was refused", ACTIVITY, () => ({ first: 20, only: { outcome: "REFUSED" } })],
    ["What happened to a customer", HISTORY_OF_CUSTOMER, () => ({ id: id("customer") })],
  ],
  Schema: [
    ["Introspect", INTROSPECTION],
  ],
};
