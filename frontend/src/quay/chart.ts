/** From metres of quay and minutes of the plan to the screen: the quay across, seen from land, time downwards. */

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

/** The plan's minute 0 as the clock on the wall at the quay shows it; NaN where the case does not say. */
export function zeroMs(ground: BerthGround): number {
  return Date.parse(ground.beginning.slice(0, 16));
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
