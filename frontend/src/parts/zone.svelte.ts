/** The clock that the pages tell times by: the terminal's, or the reader's where the server names no time zone. */

const DAY_MS = 86_400_000;

/** Year, month from 1, day, hour, minute and second. */
export type WallTime = readonly [number, number, number, number, number, number];

class Zone {
  /** As in the IANA list. */
  name = $state(ofReader());
  isTerminals = $state(false);

  /** "" is the reader's, as is a zone that this browser does not know. */
  choose(name: string): void {
    this.isTerminals = isKnown(name);
    this.name = this.isTerminals ? name : ofReader();
  }

  /** Whether the reader's own clock may show another time. */
  get isAnothers(): boolean {
    return this.name !== ofReader();
  }
}

export const zone = new Zone();

function isKnown(name: string): boolean {
  try {
    return name !== '' && new Intl.DateTimeFormat('en', { timeZone: name }) !== null;
  } catch {
    return false;
  }
}

/** A browser that cannot say its zone keeps UTC. */
function ofReader(): string {
  const name = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return isKnown(name) ? name : 'UTC';
}

let reading: { name: string; format: Intl.DateTimeFormat } | null = null;

/** What clock and calendar show at a moment. */
export function wallTime(utcMs: number): WallTime {
  if (reading?.name !== zone.name) {
    const format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
      timeZone: zone.name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    reading = { name: zone.name, format };
  }
  const parts = reading.format.formatToParts(utcMs);
  const value = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((part) => part.type === type)?.value);
  return [value('year'), value('month'), value('day'), value('hour'), value('minute'), value('second')];
}

/**
 * The moment, in UTC milliseconds, at which clock and calendar show this; day 0 is the last of the month before, hour 24
 * the next midnight. Of an hour that comes twice it is the first; an hour that is left out is read as on a clock that
 * nobody has put forward yet.
 */
export function momentAt(year: number, month: number, day: number, hour = 0, minute = 0): number {
  const shown = Date.UTC(year, month - 1, day, hour, minute);
  const [before, after] = [shown - aheadMs(shown - DAY_MS), shown - aheadMs(shown + DAY_MS)];
  return [before, after].find((moment) => moment + aheadMs(moment) === shown) ?? before;
}

/** By how much the clock is ahead of UTC, at a whole second. */
function aheadMs(utcMs: number): number {
  const [year, month, day, hour, minute, second] = wallTime(utcMs);
  return Date.UTC(year, month - 1, day, hour, minute, second) - utcMs;
}
