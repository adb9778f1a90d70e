import { describe, expect, it } from 'vitest';
import { zone } from '../parts/zone.svelte';
import { HOUR_MS, shiftBegan, spanOf, spanWritten } from './span';

const at = (text: string): number => new Date(text).getTime();

describe('spans', () => {
  it('a shift begins at 7, 15 and 23 o’clock, and after midnight the evening before', () => {
    expect(shiftBegan(at('2026-11-23T07:00:00'))).toBe(at('2026-11-23T07:00:00'));
    expect(shiftBegan(at('2026-11-23T22:59:59'))).toBe(at('2026-11-23T15:00:00'));
    expect(shiftBegan(at('2026-11-23T03:10:00'))).toBe(at('2026-11-22T23:00:00'));
  });

  it('a shift begins by the clock of the terminal', () => {
    zone.choose('America/Lima');
    expect(shiftBegan(at('2026-11-23T11:59:59Z'))).toBe(at('2026-11-23T04:00:00Z'));
    expect(shiftBegan(at('2026-11-23T12:00:00Z'))).toBe(at('2026-11-23T12:00:00Z'));
    zone.choose('');
  });

  it('never begin before the run did', () => {
    const zero = at('2026-11-23T10:00:00');
    expect(spanOf('hour', 60_000, zero, [])).toEqual({ fromMs: 0, untilMs: 0 });
    expect(spanOf('shift', 60_000, zero, [])).toEqual({ fromMs: 0, untilMs: 0 });
    expect(spanOf('hour', 3 * HOUR_MS, zero, [])).toEqual({ fromMs: 2 * HOUR_MS, untilMs: 0 });
  });

  it('a call lasts from berthing to sailing, or until now', () => {
    const call = { id: 'C', vessel: '', voyage: '', from_ms: 5, until_ms: 9 };
    expect(spanOf('C', 100, 0, [call])).toEqual({ fromMs: 5, untilMs: 9 });
    expect(spanOf('C', 100, 0, [{ ...call, until_ms: null }])).toEqual({ fromMs: 5, untilMs: 0 });
  });

  it('of two moments count from the run’s beginning; one that is not said is its beginning, or its end', () => {
    expect(spanWritten({ from: 70, until: 90 }, 50)).toEqual({ fromMs: 20, untilMs: 40 });
    expect(spanWritten({ from: 30, until: null }, 50)).toEqual({ fromMs: 0, untilMs: 0 });
    expect(spanWritten({ from: null, until: 90 }, 50)).toEqual({ fromMs: 0, untilMs: 40 });
  });
});
