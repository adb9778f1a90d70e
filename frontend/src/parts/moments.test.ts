import { describe, expect, it } from 'vitest';
import { dateText, momentOf, readDate, readTime, timeText } from './moments';

describe('a date and an hour', () => {
  it('are read back as they are written, in each language', () => {
    for (const language of ['es', 'en', 'zh'] as const) {
      for (let days = 0; days < 800; days += 13) {
        const ms = new Date(2026, 0, 1 + days, days % 24, (days * 7) % 60).getTime();
        const [date, time] = [readDate(dateText(ms, language)), readTime(timeText(ms))];
        expect(date && time && momentOf(date, time)).toBe(ms);
      }
    }
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
