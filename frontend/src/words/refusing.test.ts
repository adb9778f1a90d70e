import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Problem } from '../wire/messages';
import { en } from './en';
import { es } from './es';
import { refusalText } from './refusing';
import { zh } from './zh';

const PAGE = readFileSync(new URL('../../../docs/reference/refusals.md', import.meta.url), 'utf-8');
/** Each code the server can send, with the names of its values; a test of the server keeps that page complete. */
const CODES = new Map(
  [...PAGE.matchAll(/^\| `([a-z-]+)` \| (.*?) \| /gm)].map(([, code, values]) => [
    code as string,
    [...(values as string).matchAll(/`(\w+)`/g)].map(([, name]) => name as string),
  ]),
);
const DATA: Problem = {
  type: '/problems/unusable',
  title: 'Unprocessable Entity',
  status: 422,
  detail: 'There is no crane QC9.',
  place: 'body.crane',
  remedy: 'Name another.',
  findings: [],
  entry: 0,
  code: 'unusable',
  values: {},
};

describe.each([
  ['es', es],
  ['zh', zh],
] as const)('refusals in %s', (language, words) => {
  it('has words for each code the server can send, and for no other', () => {
    expect(CODES.size).toBeGreaterThan(100);
    expect(Object.keys(words.refusals).sort()).toEqual([...CODES.keys()].sort());
  });

  it('names only what the server tells', () => {
    for (const [code, values] of CODES) {
      const named = [...(words.refusals[code] ?? '').matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(values, code).toEqual(expect.arrayContaining(named));
      const told = Object.fromEntries(values.map((name) => [name, `<${name}>`]));
      const text = refusalText({ ...DATA, code, values: told, place: '' }, words, language);
      expect(text, code).not.toMatch(/[{}]/);
      for (const name of named) expect(text, code).toContain(`<${name}>`);
    }
  });

  it('says beside a word for many things what the server says, and where', () => {
    expect(refusalText(DATA, words, language)).toBe(
      `${words.refusals.unusable} body.crane: There is no crane QC9. Name another.`,
    );
  });
});

it('is the sentence of the server in English, and where a code is not known', () => {
  expect(refusalText(DATA, en, 'en')).toBe('There is no crane QC9. Name another.');
  expect(refusalText({ ...DATA, code: 'of-tomorrow' }, es, 'es')).toBe('There is no crane QC9. Name another.');
});

it('tells numbers, roles and rules as the reader says them', () => {
  const long = { ...DATA, code: 'too-long', values: { bytes: 33554432 } };
  expect(refusalText(long, es, 'es')).toContain('33,554,432 bytes');
  const role = { ...DATA, code: 'not-allowed', values: { name: 'Ana', action: 'live.queue', role: 'viewer' } };
  expect(refusalText(role, es, 'es')).toContain('con el rol de Observador');
});
