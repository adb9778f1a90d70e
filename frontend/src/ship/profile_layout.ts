/** The ship from her starboard side, bow on the right: where each bay and tier lies. */

import type { Bay, Hull } from './hull';

export const LID_GAP = 5;

export interface Column {
  bay: Bay;
  x: number;
  width: number;
}

export class ProfileLayout {
  readonly columns: Column[];
  readonly deckTiers: number[];
  readonly holdTiers: number[];
  readonly tierHeight: number;

  constructor(
    hull: Hull,
    readonly width: number,
    readonly height: number,
    readonly margin: number,
    readonly head: number,
    readonly foot: number,
  ) {
    const spans = spansOf(hull);
    const left = Math.min(...spans.map((span) => span.low));
    const right = Math.max(...spans.map((span) => span.high));
    const scale = (width - 2 * margin) / Math.max(1, right - left);
    this.columns = spans.map(({ bay, low, high }) => ({
      bay,
      x: margin + (low - left) * scale,
      width: (high - low) * scale,
    }));
    const deck = new Set<number>();
    const hold = new Set<number>();
    for (const bay of hull.bays)
      for (const stack of bay.stacks) for (const cell of stack.cells) (stack.isDeck ? deck : hold).add(cell.tier);
    this.deckTiers = [...deck].sort((a, b) => a - b);
    this.holdTiers = [...hold].sort((a, b) => a - b);
    this.tierHeight = Math.max(2, (height - head - foot - LID_GAP) / Math.max(1, deck.size + hold.size));
  }

  get deckBottom(): number {
    return this.head + this.deckTiers.length * this.tierHeight;
  }

  get keel(): number {
    return this.deckBottom + LID_GAP + this.holdTiers.length * this.tierHeight;
  }

  tierY(tier: number, isDeck: boolean): number {
    const below = (isDeck ? this.deckTiers : this.holdTiers).indexOf(tier);
    return (isDeck ? this.deckBottom : this.keel) - (below + 1) * this.tierHeight;
  }

  at(x: number): Bay | undefined {
    return this.columns.find((column) => x >= column.x && x < column.x + column.width)?.bay;
  }
}

/** Bays by their centres along the ship where the profile gives them all, else by their numbers. */
function spansOf(hull: Hull): { bay: Bay; low: number; high: number }[] {
  const centres = hull.bays.map((bay) => bay.stacks.find((stack) => stack.lcgMm !== null)?.lcgMm ?? null);
  const known = centres.every((centre) => centre !== null) && new Set(centres).size === centres.length;
  return hull.bays.map((bay, index) => {
    const isPair = bay.number % 2 === 0;
    const half = known ? (isPair ? 6_500 : 3_200) : isPair ? 1.8 : 0.9;
    const centre = known ? (centres[index] ?? 0) : -bay.number;
    return { bay, low: centre - half, high: centre + half };
  });
}
