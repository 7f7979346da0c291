interface Tokens {
  accessToken?: string | null;
  refreshToken?: string | null;
}

interface Answer {
  data?: { refreshToken: (Tokens & { userErrors: { code: string }[] }) | null };
}

type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const KEY = 'daybook-session';
const REFRESH = `mutation Refresh($refreshToken: String!) {
  refreshToken(input: { refreshToken: $refreshToken }) { accessToken refreshToken userErrors { code } }
}`;

/** A user's login. Give it `localStorage` to keep it over reloads and to share it between tabs. */
export class Session {
  readonly url: string;
  readonly #store: Store;
  readonly #listeners = new Set<() => void>();
  #renewal: Promise<boolean> | undefined;

  constructor(url: string, store: Store = inMemory()) {
    this.url = url;
    this.#store = store;
  }

  get accessToken(): string | undefined {
    return this.#tokens?.accessToken ?? undefined;
  }

  /** Takes the tokens from the payload of `login` or `register`. False if it has none. */
  start(payload: Tokens | null | undefined): boolean {
    if (!this.#keep(payload)) return false;
    this.#tell();
    return true;
  }

  /** Forgets the tokens. Send the mutation `logout` before. */
  end(): void {
    this.#store.removeItem(KEY);
    this.#tell();
  }

  /** Gets new tokens. False if the user has to log in again, or if the server cannot answer now. */
  renew(): Promise<boolean> {
    this.#renewal ??= this.#renew().finally(() => (this.#renewal = undefined));
    return this.#renewal;
  }

  /** Calls back when the user has logged in or out. Returns what ends that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async #renew(): Promise<boolean> {
    const refreshToken = this.#tokens?.refreshToken;
    if (!refreshToken) return false;
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ query: REFRESH, variables: { refreshToken } }),
    });
    const payload = ((await response.json()) as Answer).data?.refreshToken;
    if (payload?.userErrors.some(({ code }) => code === 'WRONG_CREDENTIALS')) this.end();
    return this.#keep(payload);
  }

  get #tokens(): Tokens | undefined {
    const stored = this.#store.getItem(KEY);
    return stored ? (JSON.parse(stored) as Tokens) : undefined;
  }

  #keep(tokens: Tokens | null | undefined): boolean {
    if (!tokens?.accessToken || !tokens.refreshToken) return false;
    const { accessToken, refreshToken } = tokens;
    this.#store.setItem(KEY, JSON.stringify({ accessToken, refreshToken }));
    return true;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function inMemory(): Store {
  const values = new Map<string, string>();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  };
}
