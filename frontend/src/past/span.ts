/** Spans of the past that people ask for, in milliseconds since the run began. */

import { momentAt, wallTime } from '../parts/zone.svelte';
import type { PastCall } from '../wire/messages';

export const HOUR_MS = 3_600_000;
/** When shifts begin, by the clock of the pages. */
const SHIFTS = [7, 15, 23];

export interface Span {
  fromMs: number;
  /** 0 is as far as the log goes. */
  untilMs: number;
}

/** When the shift that a moment lies in began, both as UTC milliseconds. */
export function shiftBegan(utcMs: number): number {
  const [year, month, day, hour] = wallTime(utcMs);
  const began = [...SHIFTS].reverse().find((begins) => begins <= hour);
  return began === undefined ? momentAt(year, month, day - 1, SHIFTS.at(-1)) : momentAt(year, month, day, began);
}

/** The span of a name: "hour", "shift", "whole", or the id of a call. */
export function spanOf(name: string, nowMs: number, zeroUtcMs: number, calls: readonly PastCall[]): Span {
  const call = calls.find((one) => one.id === name);
  if (call) return { fromMs: call.from_ms, untilMs: call.until_ms ?? 0 };
  if (name === 'hour') return { fromMs: Math.max(0, nowMs - HOUR_MS), untilMs: 0 };
  if (name === 'shift') return { fromMs: Math.max(0, shiftBegan(zeroUtcMs + nowMs) - zeroUtcMs), untilMs: 0 };
  return { fromMs: 0, untilMs: 0 };
}

/** Two moments in UTC milliseconds; null is the run's beginning, or as far as the log goes. */
export interface FreeSpan {
  from: number | null;
  until: number | null;
}

export function spanWritten(free: FreeSpan, zeroUtcMs: number): Span {
  return {
    fromMs: Math.max(0, (free.from ?? zeroUtcMs) - zeroUtcMs),
    untilMs: Math.max(0, (free.until ?? zeroUtcMs) - zeroUtcMs),
  };
}
