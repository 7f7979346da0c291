#!/usr/bin/env bash
# Uses a server by the client libraries of docs/clients.md and by the example app, on each database: `run.sh PROGRAM [DATABASE...]`,
# where a database is sqlite or postgresql, by default both. PostgreSQL is the server of TEST_POSTGRES_URL, or one that is started
# from the installed package. Needs Node.js, Python and Chromium, and installs what is in the lock files.
set -euo pipefail
program=$(realpath "$1")
shift
databases=("${@:-sqlite postgresql}")
cd "$(dirname "$0")/libraries"

say() { printf -- '-- %s\n' "$*"; }

say 'Install'
npm ci --silent
(cd ../../../examples/household && npm ci --silent)

say 'The changelog names the changes that can break a client'
node --test --test-reporter dot breaking.test.mjs
node breaking.mjs

port=$(node -e 'import("./server.mjs").then(({ freePort }) => freePort()).then(console.log)')
export VITE_DAYBOOK_URL="http://127.0.0.1:$port/graphql"

say 'Types, from docs/clients.md and the schema'
node build.mjs
npx eslint work/web/schema.graphql work/web/src/documents.ts

say 'Types in Python'
python3 -m venv work/venv
work/venv/bin/pip install --quiet --no-deps --only-binary :all: --requirement ../python/requirements.txt
(cd work/python && ../venv/bin/ariadne-codegen >ariadne.log || { cat ariadne.log; exit 1; })
(cd work/python && ../venv/bin/mypy --no-error-summary daybook.py daybook_client test_clients.py)

say 'The example app'
(cd ../../../examples/household && npm run --silent build -- --logLevel warn)

# shellcheck disable=SC2068
node test.mjs "$program" "$port" ${databases[@]}
