import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { en } from '../words/en';
import { es } from '../words/es';
import { zh } from '../words/zh';
import { placeText, shipsOf } from './places';

const RULES = readFileSync(new URL('../../../docs/reference/berth-rules.md', import.meta.url), 'utf-8');
const IDS = [...RULES.matchAll(/^\| ([A-Z]+-[A-Z]+) \|/gm)].map(([, id]) => id as string);
const name = (id: string) => ({ A: 'Ala', B: 'Bora' })[id] ?? id;

describe.each([
  ['en', en],
  ['es', es],
  ['zh', zh],
] as const)('the quay in %s', (_, words) => {
  it('has a name for each berth rule, and for no other', () => {
    expect(IDS.length).toBeGreaterThan(20);
    expect(Object.keys(words.rules)).toEqual(expect.arrayContaining(IDS));
    const ofQuay = Object.keys(words.rules).filter((id) => id.startsWith('BERTH-'));
    expect(IDS).toEqual(expect.arrayContaining(ofQuay));
  });
});

it('names ships, both ships, a time of the plan and whose it is', () => {
  expect(placeText('ship A', name, es)).toBe('Ala');
  expect(placeText('ships A and B', name, es)).toBe('Ala y Bora');
  expect(placeText('day 2 06:30', name, es)).toBe('día 2, 06:30');
  expect(placeText('day 2 06:30, ship B', name, en)).toBe('day 2 06:30, Bora');
});

it('leaves a place that it does not know as it is', () => {
  expect(placeText('the lighthouse', name, zh)).toBe('the lighthouse');
  expect(shipsOf('the lighthouse')).toEqual([]);
});
