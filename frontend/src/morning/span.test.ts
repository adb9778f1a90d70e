import { expect, test } from 'vitest';
import { zone } from '../parts/zone.svelte';
import { yesterday } from './span';

const DAY = 86_400_000;
const noon = new Date(2026, 10, 3, 12).getTime();

test('yesterday ends where today begins and is a day long', () => {
  const span = yesterday(noon, noon - 5 * DAY);
  expect(span?.untilMs).toBe(4.5 * DAY);
  expect((span?.untilMs ?? 0) - (span?.fromMs ?? 0)).toBe(DAY);
});

test('yesterday is a day of the terminal, which may have 23 or 25 hours', () => {
  const at = (text: string) => Date.parse(text);
  const told = (name: string, now: string) => {
    zone.choose(name);
    const span = yesterday(at(now), 0);
    zone.choose('');
    return span && [span.fromMs, span.untilMs];
  };
  expect(told('America/Lima', '2026-03-01T04:00Z')).toEqual([at('2026-02-27T05:00Z'), at('2026-02-28T05:00Z')]);
  expect(told('America/Santiago', '2026-04-05T12:00Z')).toEqual([at('2026-04-04T03:00Z'), at('2026-04-05T04:00Z')]);
  expect(told('America/Santiago', '2026-09-07T12:00Z')).toEqual([at('2026-09-06T04:00Z'), at('2026-09-07T03:00Z')]);
});

test('a run that began yesterday is told from its beginning', () => {
  expect(yesterday(noon, noon - 0.75 * DAY)).toEqual({ fromMs: 0, untilMs: 0.25 * DAY });
});

test('of a run that began today there is no yesterday', () => {
  expect(yesterday(noon, noon - DAY / 4)).toBeNull();
});
