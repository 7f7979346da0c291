// Judges and executes the documents in tests/it/graphql/documents as graphql-js does, against schema.graphql, and prints the
// results as JSON: `node expected.mjs > ../../it/graphql/documents/expected.json`.
//
// Each case has the stage in which graphql-js refuses it (parse, validate, choose, coerce), or what its execution returns with
// resolvers that make values up. The tests in Rust make the same values up: see `src/server/graphql/operation/documents.rs`.

import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  GraphQLError, Kind, Source, buildSchema, execute, getNamedType, getOperationAST, isAbstractType, isEnumType, isListType,
  isNonNullType, isObjectType, parse, responsePathAsArray, specifiedRules, validate,
} from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const documents = join(root, 'tests/it/graphql/documents');
const schema = buildSchema(readFileSync(join(root, 'schema.graphql'), 'utf8'));

const text = (pattern) => (value) => {
  if (typeof value !== 'string' || !pattern.test(value)) throw new GraphQLError('wrong form');
  return value;
};
const day = (value) => {
  const date = text(/^\d{4}-\d\d-\d\d$/)(value);
  if (new Date(`${date}T00:00:00Z`).toISOString().slice(0, 10) !== date) throw new GraphQLError('no day');
  return date;
};
const scalars = {
  CurrencyCode: text(/^(USD|EUR|INR|KWD|YEM)$/),
  Date: day,
  DateTime: text(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/),
  Decimal: (value) => (typeof value === 'number' ? value : text(/^-?\d+(\.\d+)?$/)(value)),
  TimeZone: text(/^[A-Z][a-z]+\/[A-Z][a-z_]+$/),
  YearMonth: text(/^(19|20|21)\d\d-(0[1-9]|1[0-2])$/),
};
// The digits of a decimal stay as they are written, without an exponent.
const digits = (text) => (/e/i.test(text) ? String(Number(text)) : text);
for (const [name, parseValue] of Object.entries(scalars)) {
  const type = schema.getType(name);
  type.parseValue = parseValue;
  type.parseLiteral = (node) => {
    if (node.kind === Kind.STRING) return parseValue(node.value);
    if (name === 'Decimal' && (node.kind === Kind.INT || node.kind === Kind.FLOAT)) return parseValue(digits(node.value));
    throw new GraphQLError('wrong kind of value');
  };
  type.serialize = (value) => value;
}

const sum = (text) => [...text].reduce((sum, c) => sum + c.codePointAt(0), 0);
const samples = {
  CurrencyCode: 'USD', Date: '2026-11-20', DateTime: '2026-11-20T10:00:00.000000Z', Decimal: '12.50', TimeZone: 'Asia/Aden',
  YearMonth: '2026-11', Boolean: true, Float: 1.5,
};

// The value at a path: an alias that begins with `fail` fails, one that begins with `none` is null where it may be, lists have
// two items.
function value(type, path, key) {
  if (isNonNullType(type)) return value(type.ofType, path, key);
  if (isListType(type)) return [0, 1].map((at) => value(type.ofType, `${path}.${at}`, key));
  if (isObjectType(type) || isAbstractType(type)) return { path };
  if (isEnumType(type)) {
    const names = type.getValues().map((value) => value.name).sort();
    return names[sum(path) % names.length];
  }
  if (type.name === 'Int') return sum(path);
  return samples[type.name] ?? path;
}

function executed(document, operationName, variableValues) {
  const calls = [];
  const fieldResolver = (source, args, context, info) => {
    const path = responsePathAsArray(info.path).join('.');
    if (Object.keys(args).length > 0) calls.push([path, `${info.parentType.name}.${info.fieldName}`, args]);
    const key = String(info.path.key);
    if (key.startsWith('fail')) throw new GraphQLError('failed');
    if (key.startsWith('none') && !isNonNullType(info.returnType)) return null;
    return value(info.returnType, path, key);
  };
  const typeResolver = ({ path }, context, info, type) => {
    const names = schema.getPossibleTypes(type).map((type) => type.name).sort();
    return names[sum(path) % names.length];
  };
  const result = execute({ schema, document, operationName, variableValues, fieldResolver, typeResolver, rootValue: { path: '' } });
  const errors = (result.errors ?? []).map((error) => (error.path ?? []).join('.')).sort();
  return { stage: 'execute', data: result.data, errors, calls: calls.sort(([a], [b]) => (a < b ? -1 : 1)) };
}

// Where graphql-js 16 differs from the specification of September 2025, and what is right.
const corrected = {
  // "Operation Type Existence" is a rule.
  'rules: subscription': 'invalid',
  'rules: subscription beside a query': 'invalid',
  // "All Variable Usages Are Allowed" holds for a oneOf type that is wrapped as non-null as well.
  'rules: nullable for oneOf': 'invalid',
  'rules: nullable with a default for oneOf': 'invalid',
  // A string is the same value, whichever quotes it is written in.
  'merging: same value written differently': 'valid',
};

function judge({ name, text, operation, variables }) {
  let document;
  try {
    document = parse(new Source(text));
  } catch {
    return { stage: 'parse' };
  }
  const verdict = corrected[name] ?? (validate(schema, document, specifiedRules).length > 0 ? 'invalid' : 'valid');
  if (verdict === 'invalid') return { stage: 'validate' };
  const chosen = getOperationAST(document, operation);
  if (!chosen) return { stage: 'choose' };
  const { errors } = getVariableValues(schema, chosen.variableDefinitions ?? [], variables);
  if (errors) return { stage: 'coerce', errors: errors.length };
  return executed(document, operation, variables);
}

// A file has several cases: a line `### name`, then `#operation` and `#variables` where there are any, then the document.
function cases(file) {
  const parts = readFileSync(join(documents, file), 'utf8').split(/^### /m).slice(1);
  return parts.map((part) => {
    const [name, ...lines] = part.split('\n');
    const settings = { operation: undefined, variables: {} };
    while (/^#(operation|variables) /.test(lines[0])) {
      const [, key, value] = /^#(\w+) (.*)$/.exec(lines.shift());
      settings[key] = key === 'variables' ? JSON.parse(value) : value;
    }
    return { name: `${file.replace('.graphql', '')}: ${name.trim()}`, text: lines.join('\n'), ...settings };
  });
}

const all = readdirSync(documents).filter((file) => file.endsWith('.graphql')).sort().flatMap(cases);
const names = new Set(all.map(({ name }) => name));
if (names.size !== all.length) throw new Error('two cases have the same name');
const lines = all.map((one) => `${JSON.stringify(one.name)}: ${JSON.stringify(judge(one))}`);
process.stdout.write(`{\n${lines.join(',\n')}\n}\n`);
