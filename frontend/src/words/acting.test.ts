import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { actText, refusedText } from './acting';
import { en } from './en';
import { es } from './es';
import { zh } from './zh';

const PAGE = readFileSync(new URL('../../../docs/reference/acts.md', import.meta.url), 'utf-8');
/** Each act with its values and its sentence; a test of the server keeps that page complete. */
const ACTS = new Map(
  [...PAGE.matchAll(/^\| `([a-z-]+)` \| (.*?) \| (.*) \|$/gm)].map(([, code, values, sentence]) => [
    code as string,
    { names: [...(values as string).matchAll(/`(\w+)`/g)].map(([, name]) => name as string), sentence },
  ]),
);

describe.each([
  ['en', en],
  ['es', es],
  ['zh', zh],
] as const)('acts in %s', (language, words) => {
  it('has words for each that the audit trail can have, and for no other', () => {
    expect(ACTS.size).toBeGreaterThan(50);
    expect(Object.keys(words.acts).sort()).toEqual([...ACTS.keys()].sort());
  });

  it('says all that an act names, and leaves no mark of its own', () => {
    for (const [code, { names }] of ACTS) {
      const values = Object.fromEntries(names.map((name) => [name, `<${name}>`]));
      const text = actText({ text: '', code, values }, words, language);
      for (const name of names) expect(text, code).toContain(`<${name}>`);
      expect(text, code).not.toMatch(/[{}[\]]/);
      expect(actText({ text: '', code, values: {} }, words, language), code).not.toMatch(/[{}[\]]/);
    }
  });
});

it('is in English what the server says', () => {
  for (const [code, { sentence }] of ACTS) expect(en.acts[code]).toBe(sentence);
});

it('tells times by the reader’s clock, and the server’s own words in the reader’s language', () => {
  const values = { machine: 'QC3', back_at: '2026-01-02T03:04:00+00:00' };
  const back = actText({ text: '', code: 'back-expected', values }, es, 'es');
  expect(back).toContain('2026');
  expect(back).not.toContain('T03:04');
  const made = { plan: 'call-plan', effort: 'thorough', seed: 3 };
  expect(actText({ text: '', code: 'plan-made', values: made }, es, 'es')).toContain('a fondo');
  const first = { ...made, seed: 0 };
  expect(actText({ text: '', code: 'plan-made', values: first }, es, 'es')).toContain('semilla 0');
  const role = { user: 'ana', role: 'viewer' };
  expect(actText({ text: '', code: 'role-given', values: role }, zh, 'zh')).toContain(zh.roles.viewer);
});

it('says what it has no word for as the server does', () => {
  expect(actText({ text: 'flew', code: 'of-tomorrow', values: {} }, es, 'es')).toBe('flew');
  const held = { text: 'Held.', code: 'queue-held', values: { crane: 'QC1', why: 'rain' } };
  expect(refusedText(held, es, 'es')).toContain('QC1');
  expect(refusedText(held, en, 'en')).toBe('Held.');
});
