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
const wallet = () => session?.walletId ?? "wallet_...";
const password = "correct horse battery";
// The variables are made when they are needed: they depend on who is logged in.
const EXAMPLES = [
  ["Register", mutation("register", SESSION), () => ({ input: { username: session ? other() : "amal", password } })],
  ["Log in", mutation("login", SESSION), () => ({ input: { identifier: me(), password } })],
  ["My wallets", WALLETS],
  ["Deposit", mutation("deposit", TRANSACTION),
    () => ({ input: { wallet: { username: me() }, amount: "1250.00", memo: "Opening" } })],
  ["Withdraw", mutation("withdraw", TRANSACTION),
    () => ({ input: { wallet: { username: me() }, amount: "20.00", memo: "Cash" } })],
  ["Transfer", mutation("transfer", TRANSACTION), () => ({ input: {
    from: { username: me() }, to: { username: other() }, amount: "99.50", idempotencyKey: `try-${Date.now()}`,
  } })],
  ["History", HISTORY, () => ({ id: wallet(), first: 20, only: { status: "SUCCEEDED" } })],
  ["Balance at a moment", BALANCE_AT, () => ({ id: wallet(), time: new Date().toISOString() })],
  ["Create wallet", mutation("createWallet", WALLET), () => ({ input: { name: "Savings", currency: "USD" } })],
  ["Freeze", mutation("freezeWallet", WALLET), () => ({ input: { id: wallet() } })],
  ["Unfreeze", mutation("unfreezeWallet", WALLET), () => ({ input: { id: wallet() } })],
  ["Refresh token", REFRESH, () => ({ input: { refreshToken: session?.refreshToken ?? "..." } })],
  ["Log out", mutation("logout"), () => ({ input: { everywhere: false } })],
  ["Introspect", INTROSPECTION],
];

