/**
 * Where rows, tiers and lids of a bay lie in a picture seen from aft: port on the left, deck over hold, row 00 on the
 * centre line, even rows to its left, odd ones to its right. Lengths are picture units, x to the right and y down.
 */

import type { Bay, Cell, End, Lid, Stack } from './hull';

/** Cells are as wide as the room allows, within what still looks like the end of a box. */
export const NARROWEST = 26;
export const WIDEST = 46;
export const CELL_HEIGHT = 20;
/** Room for tier numbers at both sides. */
export const SIDE = 24;
/** Room for row numbers and weights left above the deck and below the hold. */
export const HEAD = 30;
export const LID_GAP = 14;

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Spotted {
  stack: Stack;
  cell: Cell;
  end: End;
}

/** Columns between the centre line and the middle of a row, positive to starboard. */
export function stepsToStarboard(row: number, hasCentreRow: boolean): number {
  if (row === 0) return 0;
  const outward = Math.floor((row + 1) / 2) - (hasCentreRow ? 0 : 0.5);
  return row % 2 ? outward : -outward;
}

/** Whether the rows stand around a row 00, which may itself be missing: then row 03 lies twice as far out as row 01. */
export function hasCentreRow(stacks: readonly Stack[]): boolean {
  const tcgMm = new Map(stacks.map((stack) => [stack.row, stack.tcgMm]));
  if (tcgMm.has(0)) return true;
  const [inner, outer] = [tcgMm.get(1), tcgMm.get(3)];
  return Boolean(inner && outer && outer < 2.5 * inner);
}

export class BayLayout {
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  readonly deckTiers: number[];
  readonly holdTiers: number[];
  private readonly centred: { deck: boolean; hold: boolean };

  constructor(
    readonly bay: Bay,
    readonly cellWidth = 30,
  ) {
    const deck = bay.stacks.filter((stack) => stack.isDeck);
    const hold = bay.stacks.filter((stack) => !stack.isDeck);
    this.centred = { deck: hasCentreRow(deck), hold: hasCentreRow(hold) };
    const steps = bay.stacks.map((stack) => Math.abs(this.steps(stack)));
    this.deckTiers = tiersOf(deck);
    this.holdTiers = tiersOf(hold);
    this.columns = 2 * Math.max(0, ...steps) + 1;
    this.width = this.columns * cellWidth + 2 * SIDE;
    this.height = 2 * HEAD + (this.deckTiers.length + this.holdTiers.length) * CELL_HEIGHT + LID_GAP;
  }

  /** The bay with cells of a width that makes the most of a room. */
  static toFill(bay: Bay, width: number, height: number): BayLayout {
    const plain = new BayLayout(bay);
    if (!width || !height) return plain;
    const wanted = ((width / height) * plain.height - 2 * SIDE) / plain.columns;
    return new BayLayout(bay, Math.round(Math.min(WIDEST, Math.max(NARROWEST, wanted))));
  }

  get deckBottom(): number {
    return HEAD + this.deckTiers.length * CELL_HEIGHT;
  }

  get holdTop(): number {
    return this.deckBottom + LID_GAP;
  }

  /** Left side of a stack's column. */
  columnX(stack: Stack): number {
    return this.width / 2 + (this.steps(stack) - 0.5) * this.cellWidth;
  }

  tierY(tier: number, isDeck: boolean): number {
    const below = (isDeck ? this.deckTiers : this.holdTiers).indexOf(tier);
    return (isDeck ? this.deckBottom : this.height - HEAD) - (below + 1) * CELL_HEIGHT;
  }

  /** The cell, or the half of it that a 20 ft takes: fore on the left, aft on the right. */
  cell({ stack, cell, end }: Spotted): Rect {
    const x = this.columnX(stack);
    const y = this.tierY(cell.tier, stack.isDeck);
    if (end === 'both' || this.bay.number % 2) return { x, y, width: this.cellWidth, height: CELL_HEIGHT };
    return { x: x + (end === 'aft' ? this.cellWidth / 2 : 0), y, width: this.cellWidth / 2, height: CELL_HEIGHT };
  }

  /** What lies at a point of the picture. */
  at(x: number, y: number): Spotted | undefined {
    for (const stack of this.bay.stacks) {
      const left = this.columnX(stack);
      if (x < left || x >= left + this.cellWidth) continue;
      for (const cell of stack.cells) {
        const top = this.tierY(cell.tier, stack.isDeck);
        if (y >= top && y < top + CELL_HEIGHT)
          return { stack, cell, end: x < left + this.cellWidth / 2 ? 'fore' : 'aft' };
      }
    }
    return undefined;
  }

  /** Each lid as a bar between deck and hold. */
  *lidBars(): Iterable<{ lid: Lid; bar: Rect }> {
    for (const lid of this.bay.lids) {
      const closed = this.bay.stacks.filter((stack) => lid.closes.has(stack.index));
      const stacks = closed.length ? closed : this.bay.stacks.filter((stack) => lid.carries.has(stack.index));
      if (!stacks.length) continue;
      const lefts = stacks.map((stack) => this.columnX(stack));
      const left = Math.min(...lefts) + 1;
      yield {
        lid,
        bar: {
          x: left,
          y: this.deckBottom + LID_GAP / 2 - 2.5,
          width: Math.max(...lefts) + this.cellWidth - 1 - left,
          height: 5,
        },
      };
    }
  }

  private steps(stack: Stack): number {
    return stepsToStarboard(stack.row, stack.isDeck ? this.centred.deck : this.centred.hold);
  }
}

function tiersOf(stacks: readonly Stack[]): number[] {
  return [...new Set(stacks.flatMap((stack) => stack.cells.map((cell) => cell.tier)))].sort((a, b) => a - b);
}
