// A window in Node, in which React renders.

import { Window } from 'happy-dom';
import type { ReactNode } from 'react';

export async function openWindow() {
  const window = new Window({ url: 'http://localhost:5173/' });
  const { document, navigator, localStorage, FormData, HTMLElement, HTMLIFrameElement, Node, Event } = window;
  const globals = { window, document, navigator, localStorage, FormData, HTMLElement, HTMLIFrameElement, Node, Event };
  for (const [name, value] of Object.entries(globals)) Object.defineProperty(globalThis, name, { value, configurable: true });
  const { createRoot } = await import('react-dom/client');
  const page = document as unknown as Document;
  const render = (what: ReactNode) => {
    const place = page.body.appendChild(page.createElement('main'));
    const root = createRoot(place);
    root.render(what);
    return () => {
      root.unmount();
      place.remove();
    };
  };
  return { document: page, render };
}
