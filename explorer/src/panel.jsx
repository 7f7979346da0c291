// The panel with the examples.

import { pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { EXAMPLES } from './examples.js';

const Icon = () => (
  <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
    <path d="M4 4h7v16H4zM11 4h9v16h-9M14 8h3M14 12h3" />
  </svg>
);

let filled;

function Panel() {
  const { queryEditor, variableEditor, tabs } = useGraphiQL(pick('queryEditor', 'variableEditor', 'tabs'));
  const { addTab } = useGraphiQLActions();
  function open([, query, variables]) {
    const text = variables ? JSON.stringify(variables(), null, 2) : '';
    // What the user typed stays in its tab. An example that nobody changed gives way to the next one.
    const before = queryEditor.getValue();
    const isOwn = before.trim() && !before.startsWith('# Welcome') && before !== filled;
    if (isOwn) addTab();
    queryEditor.setValue(query);
    variableEditor.setValue(text);
    filled = query;
  }
  return (
    <section aria-label="Examples" className="examples" data-tabs={tabs.length}>
      <h2 className="graphiql-doc-explorer-title">Examples</h2>
      {Object.entries(EXAMPLES).map(([group, examples]) => (
        <section key={group}>
          <h3>{group}</h3>
          <ul>
            {examples.map((example) => (
              <li key={example[0]}><button type="button" onClick={() => open(example)}>{example[0]}</button></li>
            ))}
          </ul>
        </section>
      ))}
    </section>
  );
}

export const EXAMPLES_PLUGIN = { title: 'Examples', icon: Icon, content: Panel };
