/** A date and an hour as people write them in each language, by the clock that the pages tell times by. */

import type { Language } from '../words';
import { momentAt, wallTime } from './zone.svelte';

export const MINUTE_MS = 60_000;
/** Languages that write the year first. */
const YEAR_FIRST: readonly Language[] = ['zh'];

function padded(value: number, length = 2): string {
  return String(value).padStart(length, '0');
}

/** 24/11/2026, or 2026/11/24 where the year comes first. */
export function dateText(utcMs: number, language: Language): string {
  const [year, month, day] = wallTime(utcMs);
  const parts = [padded(day), padded(month), padded(year, 4)];
  return (YEAR_FIRST.includes(language) ? parts.reverse() : parts).join('/');
}

/** 07:05, of 24 hours. */
export function timeText(utcMs: number): string {
  const [, , , hour, minute] = wallTime(utcMs);
  return `${padded(hour)}:${padded(minute)}`;
}

/** Year, month and day of what was written, also as 2026-11-24; null for what is no day. */
export function readDate(text: string): [number, number, number] | null {
  const parts = text
    .trim()
    .split(/\s*[/.\-年月日\s]\s*/)
    .filter(Boolean);
  if (parts.length !== 3 || !parts.every((part) => /^\d+$/.test(part))) return null;
  const [year, month, day] = (parts[0]?.length === 4 ? parts : [...parts].reverse()).map(Number) as [
    number,
    number,
    number,
  ];
  if (year < 1000 || year > 9999) return null;
  const found = new Date(Date.UTC(year, month - 1, day));
  return found.getUTCMonth() === month - 1 && found.getUTCDate() === day ? [year, month, day] : null;
}

/** Hour and minute of what was written: 7:05, 0705 or 7; null for what is no hour of the day. */
export function readTime(text: string): [number, number] | null {
  const found = /^(\d{1,2})(?:[:.h：](\d{2}))?$|^(\d{2})(\d{2})$/.exec(text.trim());
  if (!found) return null;
  const [hour, minute] = [Number(found[1] ?? found[3]), Number(found[2] ?? found[4] ?? 0)];
  return hour < 24 && minute < 60 ? [hour, minute] : null;
}

/** The same time of day, so many days later. */
export function daysLater(utcMs: number, days: number): number {
  const [year, month, day, hour, minute] = wallTime(utcMs);
  return momentAt(year, month, day + days, hour, minute) + (utcMs % MINUTE_MS);
}

/** As UTC milliseconds; see `momentAt` for hours that come twice or never. */
export function momentOf([year, month, day]: [number, number, number], [hour, minute]: [number, number]): number {
  return momentAt(year, month, day, hour, minute);
}
