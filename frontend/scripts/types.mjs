// Makes src/wire/messages.ts from the server's schema: `cabria schema | node scripts/types.mjs`.
// Its first lines say which schema it came from and what follows them; tests/console looks at both.

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { compile } from 'json-schema-to-typescript';

const TARGET = new URL('../src/wire/messages.ts', import.meta.url);

const text = readFileSync(0, 'utf8');
const schema = JSON.parse(text);
for (const part of Object.values(schema.$defs)) tidy(part);

const types = await compile({ ...schema, title: 'Messages', type: 'object' }, 'Messages', {
  additionalProperties: false,
  bannerComment: '',
  format: true,
  style: { printWidth: 120, singleQuote: true },
  unreachableDefinitions: true,
});
const body = types
  .replace(/^export interface Messages \{[^}]*\}\n/m, '')
  .replaceAll(
    /\n \*( \n \*)? This interface was referenced by `Messages`'s JSON-Schema\n \* via the `definition` "\w+"\.(?=\n)/g,
    '',
  )
  .replaceAll(/\/\*\*\n \*\/\n/g, '')
  .trimStart();
const hash = (words) => createHash('sha256').update(words).digest('hex');
writeFileSync(
  TARGET,
  `// Made by scripts/types.mjs; change the server's messages, not this.\n// schema ${hash(text.trim())}\n// types ${hash(body)}\n\n${body}`,
);

/** Titles of single fields would each become a type, lengths of lists a tuple; what has another default than null is always sent. */
function tidy(node) {
  if (!node || typeof node !== 'object') return;
  if (Array.isArray(node)) return node.forEach(tidy);
  if (typeof node.title === 'string') delete node.title;
  if (node.prefixItems) {
    node.items = node.prefixItems;
    delete node.prefixItems;
  } else if (node.type === 'array') {
    delete node.minItems;
    delete node.maxItems;
  }
  if (node.properties && node.type === 'object')
    node.required = Object.keys(node.properties).filter((key) => node.properties[key].default !== null);
  for (const [key, value] of Object.entries(node)) if (key !== 'enum' && key !== 'default') tidy(value);
}
