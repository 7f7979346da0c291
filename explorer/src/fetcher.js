// Sends operations with the access token, and renews it when it is needed.

import { createClient } from 'graphql-ws';
import { REFRESH } from './operations.js';
import { current, follow, keep, nameIn, rootFields } from './session.js';

/** How long before its end an access token is renewed, in milliseconds. */
const EARLY = 30_000;
const OPEN = ['register', 'login', 'refreshToken'];

async function post(body, headers) {
  const response = await fetch('graphql', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json', Accept: 'application/graphql-response+json, application/json', ...headers,
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.headers.get('content-type')?.includes('json')) throw new Error(text || `status ${response.status}`);
  return { response, result: JSON.parse(text) };
}

let renewal;
/** Asks for the next pair of tokens. Requests that need it at the same time share one. */
export function refresh() {
  renewal ??= (async () => {
    const variables = { input: { refreshToken: current()?.refreshToken } };
    const { result } = await post({ query: REFRESH, variables });
    follow(result.data, REFRESH, undefined, variables);
    if (result.data?.refreshToken?.userErrors.length) keep(null);
    return Boolean(result.data?.refreshToken?.accessToken);
  })().finally(() => { renewal = undefined; });
  return renewal;
}

/** The results of a subscription, one by one, over a socket of its own that is closed with it. */
function live(body, headers) {
  const url = new URL('graphql', document.baseURI);
  url.protocol = url.protocol.replace('http', 'ws');
  const given = Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization');
  const connectionParams = given ? { Authorization: given[1] } : {};
  return createClient({ url: url.href, connectionParams, lazyCloseTimeout: 0, retryAttempts: 0 }).iterate(body);
}

const isUnauthenticated = (result) => result.errors?.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED');

/** The fetcher of GraphiQL. `tell` hears about each operation of the user. */
export function fetcher(tell) {
  return async ({ query, variables, operationName: chosen }, { headers: own = {} } = {}) => {
    const operationName = nameIn(query, chosen);
    const isOfEditor = operationName === 'IntrospectionQuery';
    const given = Object.keys(own).some((name) => name.toLowerCase() === 'authorization');
    const { operation, fields } = rootFields(query, operationName);
    const isOpen = isOfEditor || fields.some((field) => OPEN.includes(field));
    const withToken = () => {
      const token = current()?.accessToken;
      return token && !given && !isOpen ? { ...own, Authorization: `Bearer ${token}` } : own;
    };
    const body = { query, variables, operationName };
    if (!isOpen && !given && current()?.refreshToken && current().expires - EARLY < Date.now()) await refresh();
    if (operation === 'subscription') return live(body, withToken());
    const started = performance.now();
    let { response, result } = await post(body, withToken());
    if (isUnauthenticated(result) && !isOpen && !given && current()?.refreshToken && (await refresh())) {
      ({ response, result } = await post(body, withToken()));
    }
    if (!isOfEditor) {
      follow(result.data, query, operationName, variables);
      tell({
        status: `${response.status} ${response.statusText}`.trim(),
        ms: Math.round(performance.now() - started),
        id: response.headers.get('x-request-id'),
        needsLogin: isUnauthenticated(result),
        report: result.data?.monthlyReport,
      });
    }
    return result;
  };
}

/** The picture of a monthly report; undefined when there is none. */
export async function picture(report) {
  if (!report?.month || !report.currency) return undefined;
  const headers = { Authorization: `Bearer ${current()?.accessToken}` };
  const response = await fetch(`reports/${report.month}.svg?currency=${report.currency}`, { headers });
  return response.ok ? URL.createObjectURL(await response.blob()) : undefined;
}
