// What the tests share: users of the server, expired tokens, and a record of what was sent.

import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import NodeSocket from 'ws';
import { Session } from './session';

export const url = import.meta.env.VITE_DAYBOOK_URL as string;
export const PASSWORD = 'correct horse battery';

/** A user with a session, whose tokens can be changed behind its back. */
export class User {
  readonly name = `u${randomUUID().replaceAll('-', '').slice(0, 20)}`;
  readonly store = new Map<string, string>();
  readonly session = new Session(url, {
    getItem: (key) => this.store.get(key) ?? null,
    setItem: (key, value) => void this.store.set(key, value),
    removeItem: (key) => void this.store.delete(key),
  });

  static async register(): Promise<User> {
    const user = new User();
    const document = `mutation ($username: String!, $password: String!) {
      register(input: { username: $username, password: $password, currency: "USD" }) { accessToken refreshToken }
    }`;
    const data = await user.send<{ register: object }>(document, { username: user.name, password: PASSWORD });
    if (!user.session.start(data.register)) throw new Error('not registered');
    return user;
  }

  /** Sends a document without any library. */
  async send<Data>(query: string, variables: object = {}): Promise<Data> {
    const token = this.session.accessToken;
    const headers = { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) };
    const response = await plainFetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    const { data, errors } = (await response.json()) as { data: Data; errors?: unknown };
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  }

  /** The position after the latest change, after which a subscription can begin. */
  async position(): Promise<string> {
    return (await this.send<{ book: { cursor: string } }>('{ book { cursor } }')).book.cursor;
  }

  /** Creates customers, and returns their ids. */
  async customers(...names: string[]): Promise<string[]> {
    const ids = [];
    for (const name of names) {
      const document = 'mutation ($name: String!) { createCustomer(input: { name: $name }) { customer { id } } }';
      const data = await this.send<{ createCustomer: { customer: { id: string } } }>(document, { name });
      ids.push(data.createCustomer.customer.id);
    }
    return ids;
  }

  /** Adds `CREDIT` entries of these amounts to a customer's ledger. */
  async credit(customerId: string, ...amounts: string[]): Promise<void> {
    for (const amount of amounts) {
      const document = `mutation ($customerId: ID!, $amount: Decimal!) {
        addEntry(input: { customerId: $customerId, type: CREDIT, amount: $amount, date: "2026-11-02" }) { userErrors { code } }
      }`;
      await this.send(document, { customerId, amount });
    }
  }

  /** Deletes the entries of this amount from a customer's ledger. */
  async deleteEntry(customerId: string, amount: string): Promise<void> {
    const document = 'query ($id: ID!) { customer(id: $id) { entries(first: 20) { nodes { id amount { amount } } } } }';
    const data = await this.send<{ customer: { entries: { nodes: { id: string; amount: { amount: string } }[] } } }>(
      document,
      { id: customerId },
    );
    for (const { id } of data.customer.entries.nodes.filter((node) => Number(node.amount.amount) === Number(amount))) {
      await this.send('mutation ($id: ID!) { deleteEntry(input: { id: $id }) { userErrors { code } } }', { id });
    }
  }

  async deposit(amount: string): Promise<void> {
    const document = `mutation ($username: String!, $amount: Decimal!) {
      deposit(input: { wallet: { username: $username }, amount: $amount }) { userErrors { code } }
    }`;
    await this.send(document, { username: this.name, amount });
  }

  /** Puts an access token into the session that the server signed an hour and more ago. */
  expire(): void {
    const [key, stored] = [...this.store][0] ?? ['', '{}'];
    const tokens = JSON.parse(stored) as { accessToken: string };
    const [head, body] = tokens.accessToken.split('.') as [string, string];
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as { iat: number; exp: number };
    const aged = Buffer.from(JSON.stringify({ ...claims, iat: claims.iat - 7200, exp: claims.exp - 7200 })).toString('base64url');
    const secret = process.env['TEST_SECRET'] ?? '';
    const signature = createHmac('sha256', secret).update(`${head}.${aged}`).digest('base64url');
    this.store.set(key, JSON.stringify({ ...tokens, accessToken: `${head}.${aged}.${signature}` }));
  }
}

/** A request that a library sent. */
export interface Sent {
  method: string;
  url: URL;
  body: string;
}

const plainFetch = globalThis.fetch;
const sent: Sent[] = [];
let released = Promise.resolve();

globalThis.fetch = async (input, init) => {
  const address = new URL(input instanceof Request ? input.url : input);
  sent.push({ method: init?.method ?? 'GET', url: address, body: typeof init?.body === 'string' ? init.body : '' });
  const answer = await plainFetch(input, init);
  await released;
  return answer;
};

/** Keeps all answers back from now on, until the returned function is called. */
export function hold(): () => void {
  let release = () => {};
  released = new Promise((resolve) => (release = resolve));
  return release;
}

const sockets = new Set<NodeSocket>();
let isOffline = false;

globalThis.WebSocket = class extends NodeSocket {
  constructor(address: string | URL, protocols?: string | string[]) {
    // Nobody listens on port 9.
    super(isOffline ? 'ws://127.0.0.1:9' : address, protocols);
    sockets.add(this);
    this.on('close', () => sockets.delete(this));
  }
} as unknown as typeof WebSocket;

/** Cuts all sockets, and lets no new one through until the returned function is called. */
export function goOffline(): () => void {
  isOffline = true;
  for (const socket of sockets) socket.terminate();
  return () => (isOffline = false);
}

/** Does something, and returns what was sent meanwhile. */
export async function requestsOf(work: () => Promise<unknown>): Promise<Sent[]> {
  const before = sent.length;
  await work();
  return sent.slice(before);
}

/** Whether a request renews tokens. */
export const renews = ({ body }: Sent): boolean => body.includes('mutation Refresh');

/** Waits until a condition holds. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1000; turn += 1) {
    if (holds()) return;
    await sleep(10);
  }
  throw new Error(`not within ten seconds: ${what}`);
}
