import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { EXAMPLES_PLUGIN } from './panel.jsx';
import { fetcher, picture, refresh } from './fetcher.js';
import { current, keep, subscribe } from './session.js';
import { storage } from './storage.js';

const PLUGINS = [EXAMPLES_PLUGIN, HISTORY_PLUGIN];
const WELCOME = `# Welcome to Daybook. The panel "Examples" at the left has an operation for everything.
# Register or log in first: the explorer keeps the access token and sends it along.
# Ctrl+Space completes, Ctrl+Enter runs.

query Server {
  __typename
}
`;

function Bar() {
  const session = useSyncExternalStore(subscribe, current);
  return (
    <header className="bar">
      <h1>Daybook explorer</h1>
      <p role="status">{session ? `logged in${session.username ? ` as ${session.username}` : ''}` : 'not logged in'}</p>
      {session?.refreshToken && <button type="button" onClick={() => refresh()}>Refresh token</button>}
      {session && <button type="button" onClick={() => keep(null)}>Forget session</button>}
      <a href="schema.graphql" download="schema.graphql">schema.graphql</a>
    </header>
  );
}

function Footer({ answer }) {
  const [source, setSource] = useState();
  useEffect(() => {
    let url;
    let isGone = false;
    picture(answer?.report).then((made) => {
      url = made;
      if (isGone) URL.revokeObjectURL(made);
      else setSource(made);
    }, () => setSource(undefined));
    return () => {
      isGone = true;
      if (url) URL.revokeObjectURL(url);
      setSource(undefined);
    };
  }, [answer]);
  const month = answer?.report?.month;
  return (
    <>
      <p role="status" className="answer">
        {answer ? `${answer.status} · ${answer.ms} ms · x-request-id ${answer.id ?? 'none'}` : 'No request was sent yet.'}
        {answer?.needsLogin && ' · This needs a login: run the example “Register” or “Log in” first.'}
      </p>
      {source && <img src={source} alt={`${month} as a picture; its figures are in the response.`} className="picture" />}
    </>
  );
}

let tell;
const send = fetcher((answer) => tell?.(answer));

export function Explorer() {
  const [answer, setAnswer] = useState(null);
  tell = setAnswer;
  return (
    <>
      <Bar />
      <main>
        <GraphiQL
          fetcher={send}
          plugins={PLUGINS}
          visiblePlugin={EXAMPLES_PLUGIN}
          storage={storage}
          defaultQuery={WELCOME}
          defaultEditorToolsVisibility="variables"
          shouldPersistHeaders={false}
          showPersistHeadersSettings={false}
          schemaDescription
          inputValueDeprecation
        >
          <GraphiQL.Logo><span className="logo" /></GraphiQL.Logo>
          <GraphiQL.Footer><Footer answer={answer} /></GraphiQL.Footer>
        </GraphiQL>
      </main>
    </>
  );
}
