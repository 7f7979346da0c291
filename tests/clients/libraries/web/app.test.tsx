// The app of "From nothing to a typed query".

import { test } from 'node:test';
import { openWindow } from './window';
import { PASSWORD, until, User } from './harness';

test('the app logs in and shows the wallets', async () => {
  const user = await User.register();
  await user.deposit('12.5');
  const { document, render } = await openWindow();
  const { default: App } = await import('./App');
  const close = render(<App />);
  const field = (name: string) => document.querySelector<HTMLInputElement>(`input[name=${name}]`)!;
  const send = () => document.querySelector('button')!.click();
  const shows = (text: string) => until(text, () => document.body.textContent!.includes(text));
  await shows('Log in');
  field('identifier').value = user.name;
  field('password').value = 'another one';
  send();
  await shows('password is wrong');
  field('identifier').value = user.name;
  field('password').value = PASSWORD;
  send();
  await shows('12.50 USD');
  close();
});
