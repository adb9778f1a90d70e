/** Numbers, times and units as people of each language write them. */

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

/** Hours and minutes of a moment where the reader sits; the day too when it is another than `today`. */
export function clock(ms: number, language: Language, today?: number): string {
  const moment = new Date(ms);
  const other = today !== undefined && new Date(today).toDateString() !== moment.toDateString();
  return new Intl.DateTimeFormat(LOCALES[language], {
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
    ...(other ? { day: '2-digit', month: 'short' } : {}),
  }).format(moment);
}

/** 24 Nov, for where there is little room. */
export function dayAlone(ms: number, language: Language): string {
  return new Intl.DateTimeFormat(LOCALES[language], { day: 'numeric', month: 'short' }).format(ms);
}

/** To the second. */
export function exactClock(ms: number, language: Language): string {
  return new Intl.DateTimeFormat(LOCALES[language], {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hour12: false,
  }).format(ms);
}

export function day(ms: number, language: Language): string {
  return new Intl.DateTimeFormat(LOCALES[language], { weekday: 'short', day: '2-digit', month: 'short' }).format(ms);
}

/** A moment that is told in UTC (ISO 8601), where the reader sits. */
export function moment(utc: string, language: Language): string {
  return new Intl.DateTimeFormat(LOCALES[language], {
    year: 'numeric',
    month: 'short',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  }).format(new Date(utc));
}
