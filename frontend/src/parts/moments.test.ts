import { afterEach, describe, expect, it } from 'vitest';
import { dateText, daysLater, momentOf, readDate, readTime, timeText } from './moments';
import { zone } from './zone.svelte';

const ZONES = ['America/Lima', 'Asia/Shanghai', 'America/Santiago', 'Asia/Kathmandu', 'UTC'];
const at = (text: string) => Date.parse(text);
afterEach(() => zone.choose(''));

describe('a date and an hour', () => {
  it.each(ZONES)('are read back as they are written, in each language, in %s', (name) => {
    zone.choose(name);
    for (const language of ['es', 'en', 'zh'] as const) {
      for (let days = 0; days < 800; days += 13) {
        const ms = Date.UTC(2026, 0, 1 + days, days % 24, (days * 7) % 60);
        const [date, time] = [readDate(dateText(ms, language)), readTime(timeText(ms))];
        expect(date && time && momentOf(date, time)).toBe(ms);
      }
    }
  });

  it('are those of the zone that is named, and else of the reader', () => {
    const ms = at('2026-11-24T03:05Z');
    const told = ['America/Lima', 'Asia/Shanghai'].map((name) => {
      zone.choose(name);
      return `${dateText(ms, 'en')} ${timeText(ms)}`;
    });
    expect(told).toEqual(['23/11/2026 22:05', '24/11/2026 11:05']);
    for (const name of ['', 'Peru/Lima']) {
      zone.choose(name);
      expect([zone.name, zone.isTerminals]).toEqual([new Intl.DateTimeFormat().resolvedOptions().timeZone, false]);
    }
  });

  it('are the first of an hour that comes twice, and go on from an hour that is left out', () => {
    zone.choose('America/New_York');
    const written = (day: string, time: string) => momentOf(readDate(day) ?? [0, 0, 0], readTime(time) ?? [0, 0]);
    expect(written('1/11/2026', '0:59')).toBe(at('2026-11-01T04:59Z'));
    expect(written('1/11/2026', '1:30')).toBe(at('2026-11-01T05:30Z'));
    expect(timeText(at('2026-11-01T06:30Z'))).toBe('01:30');
    expect(written('1/11/2026', '2:00')).toBe(at('2026-11-01T07:00Z'));
    expect(written('8/3/2026', '1:59')).toBe(at('2026-03-08T06:59Z'));
    expect(written('8/3/2026', '2:30')).toBe(at('2026-03-08T07:30Z'));
    expect(timeText(written('8/3/2026', '2:30'))).toBe('03:30');
    expect(written('8/3/2026', '3:00')).toBe(at('2026-03-08T07:00Z'));
  });

  it('are at the same time a day later, also where that is not 24 hours', () => {
    zone.choose('America/New_York');
    expect(daysLater(at('2026-03-07T17:00:20Z'), 1)).toBe(at('2026-03-08T16:00:20Z'));
    expect(daysLater(at('2026-11-08T17:00Z'), -8)).toBe(at('2026-10-31T16:00Z'));
  });

  it('have the year first in Chinese alone', () => {
    const ms = new Date(2026, 10, 4, 7, 5).getTime();
    expect([dateText(ms, 'es'), dateText(ms, 'en'), dateText(ms, 'zh')]).toEqual([
      '04/11/2026',
      '04/11/2026',
      '2026/11/04',
    ]);
    expect(timeText(ms)).toBe('07:05');
  });

  it.each(['4.11.2026', '04-11-2026', '2026-11-04', ' 2026年11月4日 '])('are understood as %s', (text) => {
    expect(readDate(text)).toEqual([2026, 11, 4]);
  });

  it.each(['', '31/02/2026', '4/11', '4/13/2026', '04/11/26', '0/1/2026', 'today', '1/2/3/2026'])(
    'are refused as the date %j',
    (text) => expect(readDate(text)).toBeNull(),
  );

  it('know hours of 24 and no others', () => {
    expect([readTime('7:05'), readTime('0705'), readTime('23.59'), readTime('7')]).toEqual([
      [7, 5],
      [7, 5],
      [23, 59],
      [7, 0],
    ]);
    for (const text of ['', '24:00', '7:60', '7:5', '7 pm', '-1:00', '12345']) expect(readTime(text), text).toBeNull();
  });
});
