import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { es } from './es';
import { zh } from './zh';

const PAGE = readFileSync(new URL('../../../docs/reference/rules.md', import.meta.url), 'utf-8');
/** Each rule of the referee; a test of the server keeps that page complete. */
const RULES = [...PAGE.matchAll(/^\| ([A-Z0-9-]+) \| (?:HARD|SAFETY|COMMERCIAL|NOTE) \| /gm)].map(([, rule]) => rule);

it.each([
  ['es', es],
  ['zh', zh],
] as const)('what each rule of the referee asks is told in %s', (_, words) => {
  expect(RULES.length).toBeGreaterThan(70);
  expect(Object.keys(words.asks).sort()).toEqual([...RULES].sort());
});
