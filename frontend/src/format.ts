/** Numbers, times and units as people of each language write them. */

import { wallTime, zone } from './parts/zone.svelte';
import type { Language } from './words';

const LOCALES: Record<Language, string> = { es: 'es-PE', en: 'en-GB', zh: 'zh-CN' };

export function locale(language: Language): string {
  return LOCALES[language];
}

/** 12,345.6 with at most so many decimals; what rounds to nothing has no sign. */
export function number(value: number, language: Language, decimals = 0): string {
  return new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: decimals, signDisplay: 'negative' }).format(
    value,
  );
}

/** +3.5, -2 or 0: a difference always shows its sign. */
export function signed(value: number, language: Language, decimals = 1): string {
  return new Intl.NumberFormat(LOCALES[language], {
    maximumFractionDigits: decimals,
    signDisplay: 'exceptZero',
  }).format(value);
}

export function tonnes(kg: number, language: Language, decimals = 1): string {
  return `${number(kg / 1000, language, decimals)} t`;
}

export function metres(mm: number, language: Language, decimals = 2): string {
  return `${number(mm / 1000, language, decimals)} m`;
}

/** 26 h 05 min; minutes alone below an hour. */
export function duration(seconds: number): string {
  const minutes = Math.round(Math.abs(seconds) / 60);
  const sign = seconds < 0 && minutes ? '-' : '';
  const hours = Math.floor(minutes / 60);
  return hours ? `${sign}${hours} h ${String(minutes % 60).padStart(2, '0')} min` : `${sign}${minutes} min`;
}

/** The parts of a moment that are asked for, by the clock of the pages and by 24 hours. */
export function timeOf(ms: number, language: Language, parts: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(LOCALES[language], { hour12: false, ...parts, timeZone: zone.name }).format(ms);
}

/** Hours and minutes of a moment; the day too when it is another than `today`. */
export function clock(ms: number, language: Language, today?: number): string {
  const isOther = today !== undefined && !isSameDay(ms, today);
  return timeOf(ms, language, {
    hour: '2-digit',
    minute: '2-digit',
    ...(isOther ? { day: '2-digit', month: 'short' } : {}),
  });
}

function isSameDay(ms: number, other: number): boolean {
  return String(wallTime(ms).slice(0, 3)) === String(wallTime(other).slice(0, 3));
}

/** 24 Nov, for where there is little room. */
export function dayAlone(ms: number, language: Language): string {
  return timeOf(ms, language, { day: 'numeric', month: 'short' });
}

/** To the second. */
export function exactClock(ms: number, language: Language): string {
  return timeOf(ms, language, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
}

export function day(ms: number, language: Language): string {
  return timeOf(ms, language, { weekday: 'short', day: '2-digit', month: 'short' });
}

/** A moment that is told in UTC (ISO 8601), with its year. */
export function moment(utc: string, language: Language): string {
  return timeOf(Date.parse(utc), language, {
    year: 'numeric',
    month: 'short',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
}
