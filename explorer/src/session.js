// The login: the tokens, and the ids that the examples are filled with. Kept until the tab of the browser is closed.

import { parse } from 'graphql';

const KEY = 'session';

let session = read();
let secret = '';
const listeners = new Set();

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}

export const current = () => session;
export function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
export function keep(changed) {
  session = changed;
  sessionStorage.setItem(KEY, JSON.stringify(session));
  for (const listener of listeners) listener();
}

/** The name of the operation to execute. The editor finds out the names a moment after the text has changed, so its own may be old. */
export function nameIn(query, chosen) {
  try {
    const operations = parse(query).definitions.filter(({ kind }) => kind === 'OperationDefinition');
    return operations.length === 1 ? operations[0].name?.value : chosen;
  } catch {
    return chosen;
  }
}

/** The kind of the operation that is executed, and the names of the fields that it asks of the root. */
export function rootFields(query, operationName) {
  try {
    const operations = parse(query).definitions.filter(({ kind }) => kind === 'OperationDefinition');
    const chosen = operations.find(({ name }) => name?.value === operationName) ?? operations[0];
    return { operation: chosen.operation, fields: chosen.selectionSet.selections.map(({ name }) => name?.value) };
  } catch {
    return { operation: 'query', fields: [] };
  }
}

// Entries of an invoice, receipt or note cannot be changed by themselves, and a user would not want to revoke the current session.
const OF_DOCUMENT = ['INVOICE', 'RECEIPT', 'CREDIT_NOTE', 'DEBIT_NOTE'];
const serves = (thing) => thing?.id && !thing.deletedAt && !thing.isCurrent && !OF_DOCUMENT.includes(thing.source);
const listsOf = (payload) => [payload.nodes ?? payload.sessions ?? payload].flat();
const byKind = (ids) =>
  Object.fromEntries(ids.filter((id) => typeof id === 'string').map((id) => [id.slice(0, id.lastIndexOf('_')), id]));

/** The known ids by kind: the latest from a mutation, or else the first from a list. What was deleted is not known any more. */
function idsOf(payloads, isMutation, known = {}) {
  const listed = byKind(payloads.map((payload) => listsOf(payload).find(serves)?.id));
  const things = payloads.flatMap((payload) => Object.values(payload)).filter((thing) => typeof thing?.id === 'string');
  const made = byKind(things.map(({ id }) => id));
  const ids = { ...listed, ...known, ...(isMutation && made) };
  const gone = payloads.flatMap((payload) =>
    Object.entries(payload).filter(([name]) => /^(deleted|revoked)\w+Id$/.test(name)).map(([, id]) => id));
  // A category that is archived can be restored, so it stays known.
  const archived = things.filter(({ archivedAt }) => archivedAt).map(({ id }) => id);
  for (const [kind, id] of Object.entries(ids)) if (gone.includes(id) && !archived.includes(id)) delete ids[kind];
  return ids;
}

/** Updates the session after a response. */
export function follow(data, query, operationName, variables) {
  const { operation, fields } = rootFields(query, operationName);
  const payloads = Object.values(data ?? {}).filter(Boolean);
  const granted = payloads.find(({ accessToken }) => accessToken);
  const succeeded = payloads.some(({ userErrors }) => !userErrors?.length);
  if (granted) {
    const { accessToken, refreshToken, expiresIn, user } = granted;
    const username = user?.username ?? (fields.includes('refreshToken') ? session?.username : undefined);
    const isSame = session && username === session.username;
    const expires = expiresIn ? Date.now() + expiresIn * 1000 : undefined;
    keep({ ...(isSame && session), username, accessToken, refreshToken, expires });
    secret = variables?.input?.password ?? secret;
  } else if (succeeded && ['logout', 'deleteAccount'].some((end) => fields.includes(end))) {
    keep(null);
  } else if (session && payloads.length) {
    if (succeeded && fields.includes('changePassword')) secret = variables?.input?.newPassword ?? secret;
    const sessions = payloads.flatMap((payload) => payload.sessions ?? []);
    const known = { ...session.ids };
    // Sessions end in many ways, so only the list that was read last counts.
    if (sessions.length) delete known.session;
    keep({ ...session, ids: idsOf(payloads, operation === 'mutation', known) });
  }
}

/** The password that was sent last. It is not stored anywhere, so it is forgotten when the page is loaded again. */
export const password = () => secret;
