import { useState } from 'react';
import { useMutation } from 'urql';
import { graphql } from './gql';

const LOGIN = graphql(`
  mutation Login($input: LoginInput!) {
    login(input: $input) {
      accessToken
      refreshToken
      ...Errors
    }
  }
`);

const REGISTER = graphql(`
  mutation Register($input: RegisterInput!) {
    register(input: $input) {
      accessToken
      refreshToken
      ...Errors
    }
  }
`);

interface Tokens {
  accessToken?: string | null;
  refreshToken?: string | null;
}

export function Login({ onTokens }: { onTokens: (payload: Tokens | null | undefined) => void }) {
  // React empties a form after its action. The name is typed once.
  const [user, setUser] = useState('');
  const [loggedIn, login] = useMutation(LOGIN);
  const [registered, register] = useMutation(REGISTER);
  const error = loggedIn.error ?? registered.error;
  const refusals = [...(loggedIn.data?.login?.userErrors ?? []), ...(registered.data?.register?.userErrors ?? [])];

  async function sendLogin(form: FormData) {
    setUser(text(form, 'user'));
    const input = { identifier: text(form, 'user'), password: text(form, 'password') };
    onTokens((await login({ input })).data?.login);
  }
  async function sendRegister(form: FormData) {
    setUser(text(form, 'user'));
    const input = { username: text(form, 'user'), password: text(form, 'password'), currency: 'USD' };
    onTokens((await register({ input })).data?.register);
  }
  return (
    <main className="login">
      <h1>Household</h1>
      <form action={sendLogin}>
        <label>User <input name="user" defaultValue={user} autoComplete="username" required /></label>
        <label>Password <input name="password" type="password" autoComplete="current-password" required /></label>
        <button>Log in</button>
        <button formAction={sendRegister}>Create an account</button>
      </form>
      <p role="alert">{error?.message ?? refusals.map(({ message }) => message).join(' ')}</p>
    </main>
  );
}

const text = (form: FormData, name: string) => String(form.get(name));
