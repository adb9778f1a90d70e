import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Problem } from '../wire/messages';
import { en } from './en';
import { es } from './es';
import { findingText, refusalText } from './refusing';
import { zh } from './zh';

const PAGE = readFileSync(new URL('../../../docs/reference/call-errors.md', import.meta.url), 'utf-8');
/** Each word of the readers with the names of its values; a test of the server keeps that page complete. */
const CODES = new Map(
  [...PAGE.matchAll(/^\| `([a-z-]+)` \| (.*?) \| /gm)].map(([, code, values]) => [
    code as string,
    [...(values as string).matchAll(/`(\w+)`/g)].map(([, name]) => name as string),
  ]),
);
const WITHIN = [...PAGE.matchAll(/^- `(.*)`$/gm)].map(([, phrase]) => phrase as string);
const PROBLEM: Problem = {
  type: '/problems/unusable',
  title: '',
  status: 422,
  detail: "'1O000' is not a number.",
  place: 'loads.csv, line 12, column F (weight line)',
  remedy: '',
  findings: [],
  entry: 0,
  code: 'no-number',
  values: { given: "'1O000'" },
};

describe.each([
  ['es', es],
  ['zh', zh],
] as const)('files of a call in %s', (language, words) => {
  it('have words for each that a reader can send, and for no other', () => {
    expect(CODES.size).toBeGreaterThan(200);
    expect(Object.keys(words.filed).sort()).toEqual([...CODES.keys()].sort());
  });

  it('have words that are nobody else’s', () => {
    const others = [...Object.keys(words.refusals), ...Object.keys(words.found)];
    expect(Object.keys(words.filed).filter((code) => others.includes(code))).toEqual([]);
  });

  it('name only what the reader tells', () => {
    for (const [code, names] of CODES) {
      const named = [...(words.filed[code] ?? '').matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(names, code).toEqual(expect.arrayContaining(named));
      const values = Object.fromEntries(names.map((name) => [name, `<${name}>`]));
      expect(refusalText({ ...PROBLEM, code, values }, words, language), code).not.toMatch(/[{}]/);
      const finding = { rule: '', severity: '', text: '', place: '', container: '', cause: '', waived_by: '' };
      expect(findingText({ ...finding, code, values }, words, language), code).not.toBe('');
    }
  });

  it('have the words within values', () => {
    expect(WITHIN.length).toBeGreaterThan(30);
    expect(WITHIN.filter((phrase) => !(words.phrases as Record<string, string>)[phrase])).toEqual([]);
  });
});

it('tells where, what and what to do, and leaves names as the file has them', () => {
  expect(refusalText(PROBLEM, es, 'es')).toBe("loads.csv, línea 12, columna F (weight line): '1O000' no es un número.");
  const values = { wanted: 'a whole number or a list', there: 'a text' };
  expect(refusalText({ ...PROBLEM, place: '$.bays[3].number', code: 'of-other-kind', values }, zh, 'zh')).toBe(
    '$.bays[3].number: 此处应为整数 或 列表，而不是文本。',
  );
  expect(refusalText(PROBLEM, en, 'en')).toBe("loads.csv, line 12, column F (weight line): '1O000' is not a number.");
});
