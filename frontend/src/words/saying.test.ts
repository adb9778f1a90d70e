import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { en } from './en';
import { es } from './es';
import { saysText } from './refusing';
import { zh } from './zh';

/** Each code of a page with the names of its values; tests of the server keep both pages complete. */
function codesOf(page: string): Map<string, string[]> {
  const text = readFileSync(new URL(`../../../docs/reference/${page}.md`, import.meta.url), 'utf-8');
  return new Map(
    [...text.matchAll(/^\| `([a-z-]+)` \| (.*?) \| /gm)].map(([, code, values]) => [
      code as string,
      [...(values as string).matchAll(/`(\w+)`/g)].map(([, name]) => name as string),
    ]),
  );
}
const SAID = codesOf('said');
const REFUSED = codesOf('refusals');

describe.each([
  ['es', es],
  ['zh', zh],
] as const)('what operations say in %s', (language, words) => {
  it('has words for each code but those of refusals, and for no other', () => {
    expect(SAID.size).toBeGreaterThan(60);
    expect(Object.keys(words.says).sort()).toEqual([...SAID.keys()].filter((code) => !REFUSED.has(code)).sort());
  });

  it('names each value', () => {
    for (const [code, names] of SAID) {
      const values = Object.fromEntries(names.map((name, at) => [name, `<${at}>`]));
      const text = saysText({ code, values, text: 'the server' }, words, language);
      expect(text, code).not.toMatch(/[{}]|the server/);
      for (const told of Object.values(values)) expect(text, code).toContain(told);
    }
  });
});

it('is the sentence of the server in English, and a text of a person in any language', () => {
  const late = { code: 'is-there-first', values: { truck: 'T01' }, text: 'T01 is there first' };
  expect(saysText(late, en, 'en')).toBe('T01 is there first');
  expect(saysText(late, es, 'es')).toBe('T01 llega antes');
  expect(saysText({ code: '', values: {}, text: 'it is late' }, zh, 'zh')).toBe('it is late');
});

it('tells what a truck does next and how it was chosen as the pages do', () => {
  const stop = { code: 'stop-there', values: { stop: 'quay crane gives the boxes' }, text: '' };
  expect(saysText(stop, es, 'es')).toBe('allí, la grúa de muelle lo entrega');
  const chosen = { code: 'late-at-crane', values: { policy: 'in time', drive_s: 90, late_s: 1200 }, text: '' };
  expect(saysText(chosen, es, 'es')).toBe('a tiempo: 90 s de camino hasta su grúa de muelle, 1,200 s tarde');
});
