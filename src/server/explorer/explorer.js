const example = () => Object.values(EXAMPLES).flat().find(([name]) => name === $("example").value);
let filled = "";
function fillVariables() {
  const variables = example()[2];
  $("variables").value = filled = variables ? JSON.stringify(variables(), null, 2) : "";
  complain("");
}
function fill() {
  $("query").value = example()[1];
  fillVariables();
  listOperations();
}
function keep(changed) {
  session = changed;
  sessionStorage.setItem("session", JSON.stringify(session));
  // The variables of an example follow the session, unless the user has edited them.
  if ($("variables").value === filled) fillVariables();
  $("who").textContent = session ? `logged in${session.username ? ` as ${session.username}` : ""}` : "not logged in";
  $("refresh").hidden = !session?.refreshToken;
  $("forget").hidden = !session;
}
function complain(text) {
  $("bad").textContent = text;
  $("variables").setAttribute("aria-invalid", String(text !== ""));
}
function say(text, offersRefresh = false) {
  $("notice").textContent = text;
  $("renew").hidden = !offersRefresh;
}

/** The operations of a document: the name of each, and its tokens without comments and strings. */
function operations(text) {
  const tokens = text.match(/"""(?:\\"""|[^])*?"""|"(?:\\.|[^"\\\n])*"|#.*|[_A-Za-z]\w*|[^\s,]/g) ?? [];
  const definitions = [];
  let depth = 0;
  let open = false;
  for (const token of tokens.filter((token) => !/^["#]/.test(token))) {
    if (!open) definitions.push([]);
    definitions.at(-1).push(token);
    if ("{([".includes(token)) depth += 1;
    if ("})]".includes(token)) depth -= 1;
    open = depth > 0 || token !== "}";
  }
  const nameOf = ([first, second = ""]) => (first !== "{" && /^\w/.test(second) ? second : undefined);
  return definitions.filter(([first]) => first !== "fragment").map((tokens) => ({ name: nameOf(tokens), tokens }));
}
const calls = ({ tokens }, field) => tokens.some((token, at) => token === field && tokens[at + 1] === "(");
function listOperations() {
  const names = operations($("query").value).map(({ name }) => name ?? "");
  const chosen = $("operation").value;
  $("operation").replaceChildren(...names.map((name) => new Option(name)));
  $("operation").value = names.includes(chosen) ? chosen : names[0];
  $("operation").hidden = $("operation").labels[0].hidden = names.length < 2;
}

async function post(body, token) {
  const headers = { "Content-Type": "application/json", Accept: "application/graphql-response+json, application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  const response = await fetch("graphql", { method: "POST", headers, body: JSON.stringify(body) });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json");
  return { response, text, result: isJson ? JSON.parse(text) : null };
}

let busy = false;
/** Runs one operation at a time, because sending the same refresh token twice ends the session. */
async function execute(body, operation) {
  if (busy) return null;
  busy = true;
  say("");
  $("status").textContent = "Running…";
  const started = performance.now();
  // An invalid token makes the server refuse even an operation that needs no token, so no token is sent with these.
  const withoutToken = ["register", "login", "refreshToken"].some((field) => calls(operation, field));
  const token = withoutToken ? undefined : session?.accessToken;
  try {
    const { response, text, result } = await post(body, token);
    const ms = Math.round(performance.now() - started);
    const id = response.headers.get("x-request-id");
    $("status").textContent = `${response.status} ${response.statusText} · ${ms} ms · x-request-id ${id ?? "none"}`;
    $("response").textContent = result ? JSON.stringify(result, null, 2) : text;
    follow(result, operation, token);
    await show(result?.data?.monthlyReport, token);
    return result;
  } catch (error) {
    $("status").textContent = "No response.";
    $("response").textContent = String(error);
    return null;
  } finally {
    busy = false;
  }
}
/** Shows the picture of a monthly report. The response must contain the report's month and currency. */
async function show(report, token) {
  URL.revokeObjectURL($("picture").src);
  $("picture").hidden = true;
  if (!report?.month || !report.currency) return;
  const path = `reports/${report.month}.svg?currency=${report.currency}`;
  const response = await fetch(path, { headers: { Authorization: `Bearer ${token}` } });
  if (!response.ok) return;
  $("picture").src = URL.createObjectURL(await response.blob());
  $("picture").alt = `${report.month} as a picture; its figures are in the response.`;
  $("picture").hidden = false;
}
/** The known ids by kind: the latest from a mutation, or else the first from a list. */
function idsOf(data, operation) {
  const payloads = Object.values(data ?? {}).filter(Boolean);
  const made = payloads.flatMap((payload) => Object.values(payload).map((thing) => thing?.id));
  // Left out: entries of an invoice, receipt or note, which cannot be changed by themselves, and the current session, which a
  // user would not want to revoke.
  const ofDocument = ["INVOICE", "RECEIPT", "CREDIT_NOTE", "DEBIT_NOTE"];
  const serves = (thing) => thing?.id && !ofDocument.includes(thing.source) && !thing.isCurrent;
  const listed = payloads.flatMap((payload) => [payload.nodes ?? payload.sessions ?? payload].flat().find(serves)?.id);
  const texts = (ids) => ids.filter((id) => typeof id === "string");
  const byKind = (ids) => Object.fromEntries(texts(ids).map((id) => [id.slice(0, id.lastIndexOf("_")), id]));
  return { ...byKind(listed), ...session?.ids, ...(operation.tokens[0] === "mutation" && byKind(made)) };
}
/** Updates the session after a response. */
function follow(result, operation, token) {
  const payloads = Object.values(result?.data ?? {}).filter(Boolean);
  const granted = payloads.find(({ accessToken }) => accessToken);
  if (granted) {
    const { accessToken, refreshToken, user } = granted;
    const username = user?.username ?? (calls(operation, "refreshToken") ? session?.username : undefined);
    const ids = username === session?.username ? session?.ids : undefined;
    keep({ username, accessToken, refreshToken, ids });
  } else if (
    ["logout", "deleteAccount"].some((end) => operation.tokens.includes(end)) &&
    payloads.some(({ userErrors }) => !userErrors?.length)
  ) {
    keep(null);
  } else if (session && payloads.length) {
    const ids = idsOf(result.data, operation);
    // The idempotency key in the variables stays until something is created, so that running the example again is a retry.
    if (Object.keys(ids).some((kind) => ids[kind] !== session.ids?.[kind])) keep({ ...session, ids });
  }
  if (!result?.errors?.some(({ extensions }) => extensions?.code === "UNAUTHENTICATED")) return;
  if (!token) say("This needs a login: run the example “Register” or “Log in” first.");
  else if (session?.refreshToken) say("The access token is no longer valid. Refresh it, then run the operation again.", true);
  else say("The access token is no longer valid. Log in again.");
}

function run() {
  const text = $("variables").value.trim();
  let variables;
  try {
    if (text) variables = JSON.parse(text);
    if (text && !text.startsWith("{")) throw new Error("it must begin with {.");
    complain("");
  } catch (error) {
    complain(`Nothing was sent, because this is not a JSON object: ${error.message}`);
    $("variables").focus();
    return;
  }
  const query = $("query").value;
  const chosen = operations(query).find(({ name = "" }) => name === $("operation").value) ?? { tokens: [] };
  execute({ query, variables, operationName: chosen.name }, chosen);
}
async function refresh() {
  const variables = { input: { refreshToken: session.refreshToken } };
  const result = await execute({ query: REFRESH, variables }, operations(REFRESH)[0]);
  if (!result?.data?.refreshToken?.userErrors.some(({ code }) => code === "WRONG_CREDENTIALS")) return;
  keep(null);
  say("The session has ended. Log in again.");
}

const element = (name, properties, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};
function typeLink({ kind, name, ofType }) {
  if (kind === "NON_NULL") return [...typeLink(ofType), "!"];
  if (kind === "LIST") return ["[", ...typeLink(ofType), "]"];
  return [element("a", { href: `#type-${name}` }, name)];
}
function prose(text) {
  const pieces = (text ?? "").split("`").map((piece, at) => (at % 2 ? element("code", {}, piece) : piece));
  return text ? [element("p", { className: "quiet" }, ...pieces)] : [];
}
function member({ name, type, args, defaultValue, description }) {
  const line = element("code", {}, element("strong", {}, name), ...(type ? [": ", ...typeLink(type)] : []));
  if (defaultValue) line.append(` = ${defaultValue}`);
  return element("li", {}, line, ...prose(description), ...(args?.length ? [members(args)] : []));
}
const members = (list) => element("ul", {}, ...list.map(member));
function typeEntry(type) {
  const kind = type.kind.toLowerCase().replace("_", " ") + (type.isOneOf ? ", exactly one field" : "");
  const title = element("h4", {}, element("code", {}, type.name), " ", element("span", { className: "quiet" }, kind));
  const entry = element("article", { id: `type-${type.name}`, tabIndex: -1 }, title, ...prose(type.description));
  entry.append(...prose(type.specifiedByURL && `Specified by ${type.specifiedByURL}`));
  entry.append(members([type.fields, type.inputFields, type.enumValues].flatMap((list) => list ?? [])));
  const possible = (type.possibleTypes ?? []).flatMap((one) => [" ", ...typeLink(one)]);
  if (possible.length) entry.append(element("p", {}, "One of:", ...possible));
  return entry;
}
async function loadDocs() {
  if (!$("docs").open || $("entries").childElementCount) return;
  $("found").textContent = "Loading…";
  try {
    const { response, result } = await post({ query: INTROSPECTION });
    const schema = result?.data?.__schema;
    if (!schema) throw new Error(result?.errors[0].message ?? `status ${response.status}`);
    const types = schema.types.filter(({ name }) => !name.startsWith("__"));
    types.sort((a, b) => (a.name < b.name ? -1 : 1));
    const [queries, mutations] = [schema.queryType, schema.mutationType].map(
      (root) => types.find(({ name }) => name === root.name));
    const group = (title, entries) => element("div", {}, element("h3", {}, title), ...entries);
    const fields = (root) => root.fields.map((field) => element("article", {}, members([field])));
    const rest = types.filter((type) => type !== queries && type !== mutations);
    $("entries").replaceChildren(
      group("Queries", fields(queries)), group("Mutations", fields(mutations)), group("Types", rest.map(typeEntry)));
    filter();
  } catch (error) {
    $("found").textContent = `The schema cannot be loaded: ${error.message}. Close and open this section to try again.`;
  }
}
function filter() {
  const wanted = $("filter").value.trim().toLowerCase();
  const entries = [...$("entries").querySelectorAll("article")];
  for (const entry of entries) entry.hidden = !entry.textContent.toLowerCase().includes(wanted);
  for (const group of $("entries").children) group.hidden = !group.querySelector("article:not([hidden])");
  $("found").textContent = `${entries.filter(({ hidden }) => !hidden).length} of ${entries.length}`;
}

for (const editor of [$("query"), $("variables")]) {
  let leaving = false;
  editor.addEventListener("keydown", (event) => {
    if (event.key === "Tab" && !leaving && !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      // Deprecated, but the only way to insert text so that undo works.
      document.execCommand("insertText", false, "  ");
    }
    leaving = event.key === "Escape";
  });
  editor.addEventListener("blur", () => { leaving = false; });
}
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  run();
});
$("run").addEventListener("click", run);
for (const id of ["refresh", "renew"]) $(id).addEventListener("click", refresh);
$("forget").addEventListener("click", () => { say(""); keep(null); });
$("query").addEventListener("input", listOperations);
$("example").addEventListener("change", fill);
$("docs").addEventListener("toggle", loadDocs);
$("filter").addEventListener("input", filter);
$("entries").addEventListener("click", (event) => {
  if (!event.target.closest("a")) return;
  // The filter may hide the link's target, so it is cleared first.
  $("filter").value = "";
  filter();
});
$("example").append(...Object.entries(EXAMPLES).map(([label, examples]) =>
  element("optgroup", { label }, ...examples.map(([name]) => new Option(name)))));
$("example").value = session ? "My wallets" : "Register";
say("");
fill();
keep(session);
