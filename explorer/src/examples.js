// The examples, in the order in which each finds what those before it have made.

import * as documents from './operations.js';
import { current, password as sent } from './session.js';

const {
  mutation, REFRESH, SESSION, WALLET, TRANSACTION, CUSTOMER, ENTRY, INVOICE, RECEIPT, CREDIT_NOTE, DEBIT_NOTE, CATEGORY, SPENDING,
  BUDGET, BOOK, PROFILE, ME, WALLETS, HISTORY, ALL_TRANSACTIONS, BALANCE_AT, CATEGORIES, TRANSACTIONS, VERSIONS, BUDGETS, REPORT,
  REPORTS, SALES, CUSTOMERS, ENTRIES, SUMMARY, STATEMENT, RECEIVABLES, ACTIVITY, ACTIVITIES_OF_CUSTOMER, CHANGES, FOLLOW,
  INTROSPECTION,
} = documents;
const me = () => current()?.username ?? "amal";
const other = () => (me() === "basma" ? "amal" : "basma");
/** The id of the object of a kind that was created last or, if none was created, listed first. */
const id = (kind) => current()?.ids?.[kind] ?? `${kind}_...`;
const FIRST_PASSWORD = "correct horse battery";
const password = () => sent() || FIRST_PASSWORD;
const key = () => `try-${Date.now()}`;
const day = (days = 0) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const month = (months = 0) => {
  const today = new Date();
  return new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + months)).toISOString().slice(0, 7);
};
// A function per example, because its variables depend on the current session and on the objects created so far.
export const EXAMPLES = {
  Session: [
    ["Register", mutation("register", SESSION), () => ({ input: { username: current() ? other() : "amal", password: FIRST_PASSWORD } })],
    ["Register somebody to pay", mutation("register", "user { username }"),
      () => ({ input: { username: other(), password: FIRST_PASSWORD } })],
    ["Log in", mutation("login", SESSION), () => ({ input: { identifier: me(), password: password() } })],
    ["Refresh token", REFRESH, () => ({ input: { refreshToken: current()?.refreshToken ?? "..." } })],
  ],
  Account: [
    ["Me and my sessions", ME],
    ["Revoke session", mutation("revokeSession", "revokedSessionId"), () => ({ input: { id: id("session") } })],
    ["Update profile", mutation("updateProfile", PROFILE),
      () => ({ input: { displayName: "Amal Nasser", email: "amal@example.org", timeZone: "Asia/Aden" } })],
    ["Change password", mutation("changePassword"),
      () => ({ input: { currentPassword: password(), newPassword: "quiet river, seven lamps" } })],
  ],
  Live: [
    ["Changes so far", CHANGES],
    ["Follow changes", FOLLOW],
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
    ["Transactions of all wallets", ALL_TRANSACTIONS, () => ({ first: 20, only: { currency: "USD" } })],
    ["Balance at a time", BALANCE_AT, () => ({ id: id("wallet"), time: new Date().toISOString() })],
    ["Create wallet", mutation("createWallet", WALLET), () => ({ input: { name: "Savings", currency: "USD" } })],
    ["Freeze", mutation("freezeWallet", WALLET), () => ({ input: { id: id("wallet") } })],
    ["Unfreeze", mutation("unfreezeWallet", WALLET), () => ({ input: { id: id("wallet") } })],
  ],
  "Income and spending": [
    ["Categories", CATEGORIES, () => ({ kind: "EXPENSE" })],
    ["Create category", mutation("createCategory", CATEGORY), () => ({ input: { name: "Rent", kind: "EXPENSE" } })],
    ["Rename category", mutation("updateCategory", CATEGORY),
      () => ({ input: { id: id("category"), name: "Rent and water" } })],
    ["Add income", mutation("addTransaction", SPENDING), () => ({ input: {
      category: { name: "Salary" }, amount: "1800.00", date: day(), walletId: id("wallet"), idempotencyKey: key(),
    } })],
    ["Add expense", mutation("addTransaction", SPENDING), () => ({ input: {
      category: { name: "Food" }, amount: "48.50", date: day(), description: "Market", idempotencyKey: key(),
    } })],
    ["Add expense, by the id of a category", mutation("addTransaction", SPENDING), () => ({ input: {
      category: { id: id("category") }, amount: "350.00", date: day(), idempotencyKey: key(),
    } })],
    ["Delete category", mutation("deleteCategory", `deletedCategoryId\n    ${CATEGORY}`),
      () => ({ input: { id: id("category") } })],
    ["Restore category", mutation("restoreCategory", CATEGORY), () => ({ input: { id: id("category") } })],
    ["Add expense, split", mutation("addTransaction", SPENDING), () => ({ input: {
      amount: "75.00", date: day(), description: "Weekend", idempotencyKey: key(),
      lines: [
        { category: { name: "Food" }, amount: "60.00", note: "Dinner" },
        { category: { name: "Transport" }, amount: "15.00" },
      ],
    } })],
    ["Update transaction", mutation("updateTransaction", SPENDING),
      () => ({ input: { id: id("transaction"), category: { name: "Food" }, amount: "52.25" } })],
    ["Delete transaction", mutation("deleteTransaction", SPENDING), () => ({ input: { id: id("transaction") } })],
    ["Transactions", TRANSACTIONS, () => ({
      first: 20, only: { kind: "EXPENSE", from: day(-30), to: day() }, order: { field: "AMOUNT", direction: "DESC" },
    })],
    ["Versions of a transaction", VERSIONS, () => ({ id: id("transaction") })],
    ["Import transactions", mutation("importTransactions", `added duplicates good refused
    lines { line status transaction { id description } userErrors { code path message } }`), () => ({ input: {
      csv: `date,amount,category,description\n${day()},-12.30,Food,Bread\n${day()},-12.30,Food,Bread\n`, dryRun: true,
    } })],
    ["Set budget", mutation("setBudget", BUDGET), () => ({ input: {
      category: { name: "Food" }, limit: "100.00", rollover: "SURPLUS", description: "Eat well",
    } })],
    ["Set budget of a month", mutation("setBudget", BUDGET),
      () => ({ input: { category: { name: "Transport" }, limit: "15.00", month: month() } })],
    ["Budgets", BUDGETS, () => ({ month: month() })],
    ["Delete budget", mutation("deleteBudget", "deletedBudgetId"), () => ({ input: { id: id("budget") } })],
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
  "Invoices, receipts and notes": [
    ["Create invoice", mutation("createInvoice", INVOICE), () => ({ input: {
      customerId: id("customer"), date: day(), dueDate: day(30), gstRate: "18", idempotencyKey: key(),
      lines: [
        { description: "Lentils, kg", quantity: "2.5", unitPrice: "18.00" },
        { description: "Tinned tuna", quantity: "12", unitPrice: "7.50" },
      ],
    } })],
    ["Create receipt", mutation("createReceipt", RECEIPT), () => ({ input: {
      customerId: id("customer"), amount: "100.00", paymentType: "CASH", date: day(), idempotencyKey: key(),
    } })],
    ["Void receipt", mutation("voidReceipt", RECEIPT),
      () => ({ input: { id: id("receipt"), reason: "The cheque bounced" } })],
    ["Create credit note", mutation("createCreditNote", CREDIT_NOTE), () => ({ input: {
      invoiceId: id("invoice"), lines: [{ line: 2, quantity: "2" }], reason: "Two tins were dented", idempotencyKey: key(),
    } })],
    ["Void credit note", mutation("voidCreditNote", CREDIT_NOTE),
      () => ({ input: { id: id("credit_note"), reason: "They kept the tins" } })],
    ["Create debit note", mutation("createDebitNote", DEBIT_NOTE), () => ({ input: {
      invoiceId: id("invoice"), otherCharges: "5.00", reason: "Delivery was not billed", idempotencyKey: key(),
    } })],
    ["Void debit note", mutation("voidDebitNote", DEBIT_NOTE),
      () => ({ input: { id: id("debit_note"), reason: "Delivery was free" } })],
    ["Create credit note, full", mutation("createCreditNote", CREDIT_NOTE), () => ({ input: {
      invoiceId: id("invoice"), full: true, reason: "All of it came back", idempotencyKey: key(),
    } })],
    ["Void that credit note", mutation("voidCreditNote", CREDIT_NOTE),
      () => ({ input: { id: id("credit_note"), reason: "Nothing came back" } })],
    ["Void invoice", mutation("voidInvoice", INVOICE),
      () => ({ input: { id: id("invoice"), reason: "Wrong customer" } })],
    ["Sales report", SALES, () => ({ from: month(-5), to: month() })],
  ],
  Book: [
    ["Receivables", RECEIVABLES],
    ["Update book", mutation("updateBook", BOOK),
      () => ({ input: {
        invoiceNumberPattern: "INV-{FY}-{0000}", receiptNumberPattern: "RCT-{YYYY}-{0000}", timeZone: "Asia/Aden",
        shopName: "Amal's lamps", proprietorName: "Amal Nasser", gstNumber: "29ABCDE1234F1Z5", city: "Aden",
      } })],
    ["Activity", ACTIVITY, () => ({ first: 20, only: { from: `${day(-30)}T00:00:00Z` } })],
    ["Refused operations", ACTIVITY, () => ({ first: 20, only: { outcome: "REFUSED" } })],
    ["Activities of a customer", ACTIVITIES_OF_CUSTOMER, () => ({ id: id("customer") })],
  ],
  Schema: [
    ["Introspect", INTROSPECTION],
  ],
  Goodbye: [
    ["Delete account", mutation("deleteAccount", "deletedUserId"), () => ({ input: { password: password() } })],
    ["Log out", mutation("logout"), () => ({ input: { everywhere: false } })],
  ],
};
