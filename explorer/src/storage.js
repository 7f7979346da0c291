// Where the editor keeps what was typed. Tabs are kept as long as the tab of the browser, so that two windows do not write over
// each other, and so that a password in the variables does not stay. The history stays, without passwords and tokens.

const OF_THIS_TAB = /tabState|query$|variables$|headers$|operationName$/;
const SECRET = /("?(?:password|currentPassword|newPassword|refreshToken|code)"?\s*:\s*)"(?:[^"\\\n]|\\.)*"/g;

const withoutSecrets = (text) => (typeof text === 'string' ? text.replaceAll(SECRET, '$1"..."') : text);

function clean(key, value) {
  if (!/queries$|favorites$/.test(key)) return value;
  const kept = JSON.parse(value);
  for (const items of Object.values(kept)) {
    for (const item of Array.isArray(items) ? items : []) {
      item.query = withoutSecrets(item.query);
      item.variables = withoutSecrets(item.variables);
      delete item.headers;
    }
  }
  return JSON.stringify(kept);
}

const of = (key) => (OF_THIS_TAB.test(key) ? sessionStorage : localStorage);

export const storage = {
  get length() {
    return localStorage.length;
  },
  getItem: (key) => of(key).getItem(key),
  setItem: (key, value) => of(key).setItem(key, clean(key, value)),
  removeItem: (key) => of(key).removeItem(key),
  clear() {
    for (const own of [localStorage, sessionStorage]) {
      for (const key of Object.keys(own)) if (key.startsWith('graphiql:')) own.removeItem(key);
    }
  },
};
