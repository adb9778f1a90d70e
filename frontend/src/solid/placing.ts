/** Boxes as blocks in space: metres, x along the quay, y upwards, z inland from its edge. */

import type { StockBox } from '../map/stock.svelte';
import { hasCentreRow, stepsToStarboard } from '../ship/bay_layout';
import type { Placed } from '../ship/cargo';
import type { Hull } from '../ship/hull';
import type { Block } from '../wire/messages';
import { groundOf } from '../yard/stacks';

export interface Placing {
  id: string;
  /** The middle. */
  x: number;
  y: number;
  z: number;
  /** Along x, upwards, along z. */
  size: [number, number, number];
}

export const TIER_M = 2.6;
const ROW_M = 2.5;
const GAP_M = 0.12;
/** Between two numbers of bays, as the server reckons. */
const BAY_NUMBER_M = 3.66;
const FENDER_M = 4;
const LID_M = 1.2;
/** How high the deck lies over the quay. */
const DECK_M = 7;

export function inYard(box: StockBox, block: Block): Placing {
  const { x, y, width, height } = groundOf(block, box.bay, box.row);
  const [wide, deep] = [width / 1000 - GAP_M, height / 1000 - GAP_M];
  return {
    id: box.id,
    x: (x + width / 2) / 1000,
    y: (box.tier - 0.5) * TIER_M,
    z: (y + height / 2) / 1000,
    size: [wide, TIER_M - GAP_M, deep],
  };
}

/** Whether a box of the yard is shut in by others on all sides and above, so that nobody sees it. */
export function isShutIn(box: StockBox, heightOf: (bay: number, row: number) => number): boolean {
  const bays = box.bay % 2 ? 1 : 2;
  const beside = [heightOf(box.bay, box.row - 1), heightOf(box.bay, box.row + 1)];
  const ends = [heightOf(box.bay - 2 * bays, box.row), heightOf(box.bay + 2 * bays, box.row)];
  return heightOf(box.bay, box.row) > box.tier && [...beside, ...ends].every((height) => height >= box.tier);
}

export interface Berthed {
  berthXMm: number;
  bowTowardsX: boolean;
}

/** A ship in space: where her boxes are, and the outline of her hull. */
export class ShipSpace {
  private readonly towards: number;
  private readonly deckTier: number;
  private readonly holdTier: number;
  private readonly holdTiers: number;
  private readonly middleZ: number;
  private readonly halfBeam: number;
  private readonly isCentred = new Map<string, boolean>();

  constructor(
    readonly hull: Hull,
    readonly berthed: Berthed,
  ) {
    this.towards = berthed.bowTowardsX ? -1 : 1;
    const stacks = hull.bays.flatMap((bay) => bay.stacks);
    const tiers = (isDeck: boolean): number[] =>
      stacks.filter((stack) => stack.isDeck === isDeck).flatMap((stack) => stack.cells.map((cell) => cell.tier));
    this.deckTier = Math.min(...tiers(true), 98);
    this.holdTier = Math.min(...tiers(false), 98);
    this.holdTiers = tiers(false).length ? (Math.max(...tiers(false)) - this.holdTier) / 2 + 1 : 0;
    const rows = Math.max(1, ...stacks.map((stack) => Math.ceil(stack.row / 2)));
    this.halfBeam = (hull.vessel.beam_mm ?? 0) / 2000 || (rows + 0.5) * ROW_M + 1;
    this.middleZ = -FENDER_M - this.halfBeam;
    for (const bay of hull.bays) {
      for (const isDeck of [true, false]) {
        const of = bay.stacks.filter((stack) => stack.isDeck === isDeck);
        this.isCentred.set(`${bay.index} ${isDeck}`, hasCentreRow(of));
      }
    }
  }

  place(placed: Placed, id: string): Placing {
    const { bay, stack, cell, end } = placed;
    const number = end === 'both' ? bay.number : end === 'fore' ? bay.fore : bay.aft;
    const outward = stepsToStarboard(stack.row, this.isCentred.get(`${bay.index} ${stack.isDeck}`) ?? true);
    const level = (cell.tier - (stack.isDeck ? this.deckTier : this.holdTier)) / 2;
    return {
      id,
      x: this.x(number),
      y: (stack.isDeck ? DECK_M + LID_M : DECK_M - this.holdTiers * TIER_M) + (level + 0.5) * TIER_M,
      z: this.middleZ - this.towards * outward * ROW_M,
      size: [(end === 'both' ? 12.2 : 6.06) - GAP_M, TIER_M - GAP_M, ROW_M - GAP_M],
    };
  }

  /** The hull up to her deck. */
  get body(): Placing {
    const last = Math.max(...this.hull.bays.map((bay) => bay.number));
    const length = (this.hull.vessel.length_mm ?? 0) / 1000 || last * BAY_NUMBER_M + 30;
    const deep = this.holdTiers * TIER_M + 2;
    return {
      id: '',
      x: this.berthed.berthXMm / 1000 + (this.towards * length) / 2,
      y: DECK_M - deep / 2,
      z: this.middleZ,
      size: [length, deep, 2 * this.halfBeam],
    };
  }

  private x(bay: number): number {
    return this.berthed.berthXMm / 1000 + this.towards * bay * BAY_NUMBER_M;
  }
}
