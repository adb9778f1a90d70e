import { expect, test } from 'vitest';
import { yesterday } from './span';

const DAY = 86_400_000;
const noon = new Date(2026, 10, 3, 12).getTime();

test('yesterday ends where today begins and is a day long', () => {
  const span = yesterday(noon, noon - 5 * DAY);
  expect(span?.untilMs).toBe(4.5 * DAY);
  expect((span?.untilMs ?? 0) - (span?.fromMs ?? 0)).toBe(DAY);
});

test('a run that began yesterday is told from its beginning', () => {
  expect(yesterday(noon, noon - 0.75 * DAY)).toEqual({ fromMs: 0, untilMs: 0.25 * DAY });
});

test('of a run that began today there is no yesterday', () => {
  expect(yesterday(noon, noon - DAY / 4)).toBeNull();
});
