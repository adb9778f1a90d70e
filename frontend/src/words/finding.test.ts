import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FindingRow } from '../wire/messages';
import { en } from './en';
import { es } from './es';
import { findingText } from './refusing';
import { zh } from './zh';

const PAGE = readFileSync(new URL('../../../docs/reference/findings.md', import.meta.url), 'utf-8');
/** Each word of the referee with the names of its values; a test of the server keeps that page complete. */
const CODES = new Map(
  [...PAGE.matchAll(/^\| `([a-z-]+)` \| (.*?) \| /gm)].map(([, code, values]) => [
    code as string,
    [...(values as string).matchAll(/`(\w+)`/g)].map(([, name]) => name as string),
  ]),
);
const FOUND: FindingRow = {
  rule: 'STACK-WEIGHT-20',
  severity: 'hard',
  text: 'Too heavy.',
  place: '',
  container: '',
  cause: '',
  waived_by: '',
  code: '',
  values: {},
};

describe.each([
  ['es', es],
  ['zh', zh],
] as const)('findings in %s', (language, words) => {
  it('has words for each that the referee can send, and for no other', () => {
    expect(CODES.size).toBeGreaterThan(100);
    expect(Object.keys(words.found).sort()).toEqual([...CODES.keys()].sort());
  });

  it('names only what the referee tells', () => {
    for (const [code, names] of CODES) {
      const named = [...(words.found[code] ?? '').matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(names, code).toEqual(expect.arrayContaining(named));
      const values = Object.fromEntries(names.map((name) => [name, `<${name}>`]));
      expect(findingText({ ...FOUND, code, values }, words, language), code).not.toMatch(/[{}]/);
    }
  });
});

it('is the sentence of the referee in English, and where a word is not known', () => {
  expect(findingText({ ...FOUND, code: 'mass-zero' }, en, 'en')).toBe('Too heavy.');
  expect(findingText({ ...FOUND, code: 'of-tomorrow' }, es, 'es')).toBe('Too heavy.');
});

it('tells slots, goods, times and wishes as the reader says them, and a reason as it was written', () => {
  const said = (code: string, values: FindingRow['values']) => findingText({ ...FOUND, code, values }, es, 'es');
  expect(said('lifted-from-elsewhere', { slot: '0010482', there: '0020284' })).toContain('01-04-82');
  expect(said('goods-only-on-deck', { goods: 'class 5.2 (UN 3102) and class 8 (UN 1789)' })).toContain(
    'clase 5.2 (UN 3102) y clase 8 (UN 1789)',
  );
  expect(said('work-while-stopped', { cranes: 2, at: 'day 3 06:30' })).toContain('2 grúas el día 3, 06:30');
  expect(said('put-where-forbidden', { wish: 'bay 02 deck forbidden for reefers (no box on deck)' })).toContain(
    'bahía 02 cubierta prohibido para refrigerados (no box on deck)',
  );
});
