/** From metres of quay and minutes of the plan to the screen: the quay across, seen from land, time downwards. */

import { momentAt, wallTime, zone } from '../parts/zone.svelte';
import type { BerthGround, BerthShip, BerthStay } from '../wire/messages';

export const TIDE_WIDTH = 64;
export const CRANES_WIDTH = 58;
const TIME_WIDTH = 74;
export const HEAD = 34;
const FOOT = 6;
export const DAY_MIN = 24 * 60;

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

export class Chart {
  readonly left = TIME_WIDTH;
  readonly right: number;

  /** `from` is the first minute shown, `minutes` how many are. */
  constructor(
    readonly ground: BerthGround,
    readonly width: number,
    readonly height: number,
    readonly from: number,
    readonly minutes: number,
  ) {
    this.right = Math.max(this.left + 50, width - TIDE_WIDTH - CRANES_WIDTH);
  }

  get bottom(): number {
    return this.height - FOOT;
  }

  x(mm: number): number {
    return this.left + ((this.right - this.left) * mm) / this.ground.length_mm;
  }

  y(minute: number): number {
    return HEAD + ((this.bottom - HEAD) * (minute - this.from)) / this.minutes;
  }

  mm(x: number): number {
    return ((x - this.left) * this.ground.length_mm) / (this.right - this.left);
  }

  minute(y: number): number {
    return this.from + ((y - HEAD) * this.minutes) / (this.bottom - HEAD);
  }

  box(stay: { position_mm: number; start_min: number; end_min: number }, lengthMm: number): Rect {
    const [x, y] = [this.x(stay.position_mm), this.y(stay.start_min)];
    return { x, y, width: this.x(stay.position_mm + lengthMm) - x, height: this.y(stay.end_min) - y };
  }

  /** The ship whose stay lies under a point, the last drawn first. */
  shipAt(x: number, y: number, stays: readonly BerthStay[], ships: ReadonlyMap<string, BerthShip>): string {
    for (const stay of [...stays].reverse()) {
      const box = this.box(stay, ships.get(stay.ship)?.length_mm ?? 0);
      if (x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height) return stay.ship;
    }
    return '';
  }
}

/**
 * The plan's minute 0 in UTC milliseconds; NaN where the case does not say. What is written without an offset from UTC is
 * by the clock at the quay, and so is all of it while nobody says in which zone she lies.
 */
export function zeroMs(ground: BerthGround): number {
  const found = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?:.*(Z|[+-]\d\d:?\d\d))?)?/.exec(ground.beginning);
  if (!found) return NaN;
  if (found[6] && zone.isTerminals) return Date.parse(ground.beginning);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = found.slice(1, 6).map((part) => Number(part ?? 0));
  return momentAt(year, month, day, hour, minute);
}

/** Minutes at which lines are drawn, every so many hours of each day by the clock; where nobody says when the plan begins,
 *  of each day of the plan. */
export function timeLines(
  zero: number,
  { from, minutes }: Pick<Chart, 'from' | 'minutes'>,
  hours: number,
): { minute: number; isDay: boolean }[] {
  const [year, month, day] = wallTime((zero || 0) + from * 60_000);
  const minuteOf = (at: number) =>
    Number.isNaN(zero)
      ? Math.floor(from / DAY_MIN) * DAY_MIN + at * hours * 60
      : (momentAt(year, month, day, at * hours) - zero) / 60_000;
  const lines = [];
  for (let at = 0; minuteOf(at) <= from + minutes; at += 1) {
    lines.push({ minute: minuteOf(at), isDay: (at * hours) % 24 === 0 });
  }
  return lines;
}

export function onGrid(
  ground: BerthGround,
  positionMm: number,
  startMin: number,
): { position_mm: number; start_min: number } {
  const [place, step] = [ground.position_step_mm, ground.step_min];
  return { position_mm: Math.round(positionMm / place) * place, start_min: Math.round(startMin / step) * step };
}

/** The height of the tide, straight between its times, constant before and after; 0 without a table. */
export function tideMm(ground: BerthGround, minute: number): number {
  const { tide_min: times, tide_mm: heights } = ground;
  if (!times.length) return 0;
  const at = times.findIndex((time) => time >= minute);
  if (at < 0) return heights.at(-1) ?? 0;
  if (at === 0) return heights[0] ?? 0;
  const [before, after] = [times[at - 1] ?? 0, times[at] ?? 0];
  const [low, high] = [heights[at - 1] ?? 0, heights[at] ?? 0];
  return low + ((high - low) * (minute - before)) / Math.max(1, after - before);
}

/** How many cranes work, and how many are in order, step by step. */
export function craneUse(
  ground: BerthGround,
  stays: readonly BerthStay[],
): { minute: number; used: number; able: number }[] {
  const found = [];
  for (let minute = 0; minute < ground.horizon_min; minute += ground.step_min) {
    let used = 0;
    for (const stay of stays) {
      for (const part of stay.work) if (part.from_min <= minute && minute < part.until_min) used += part.cranes;
    }
    const until = minute + ground.step_min;
    const able = ground.cranes.filter(
      (crane) => !crane.outages.some((spell) => spell.from_min < until && minute < spell.until_min),
    ).length;
    const isWindy =
      ground.crane_wind_limit_kn !== null &&
      ground.gusts.some(
        (gust) => gust.gust_kn > (ground.crane_wind_limit_kn ?? 0) && gust.from_min < until && minute < gust.until_min,
      );
    found.push({ minute, used, able: isWindy ? 0 : able });
  }
  return found;
}
