/** The ship as the pages know her: bays from the bow, their stacks and lids, and which slot lies where. */

import type { Vessel } from '../wire/messages';

export const TAKES = { FORE_20: 1, AFT_20: 2, LONG: 4, LONG_45: 8, PLUG_FORE: 16, PLUG_AFT: 32 } as const;

/** What of a cell a box takes: one end for a 20 ft, both for anything longer. */
export type End = 'fore' | 'aft' | 'both';

export interface Cell {
  tier: number;
  flags: number;
}

export interface Stack {
  index: number;
  row: number;
  isDeck: boolean;
  cells: Cell[];
  maxWeight20Kg: number | null;
  maxWeight40Kg: number | null;
  tcgMm: number | null;
  lcgMm: number | null;
}

export interface Lid {
  id: string;
  closes: ReadonlySet<number>;
  carries: ReadonlySet<number>;
}

export interface Bay {
  index: number;
  number: number;
  fore: number;
  aft: number;
  stacks: Stack[];
  lids: Lid[];
}

/** Where a slot lies. */
export interface Spot {
  bay: Bay;
  stack: Stack;
  cell: Cell;
  end: End;
}

export class Hull {
  readonly bays: Bay[];
  private readonly named = new Map<number, { bay: Bay; end: End }>();
  private readonly stackAt = new Map<string, { stack: Stack; cell: Cell }>();

  constructor(readonly vessel: Vessel) {
    const { bays, stacks, cells } = vessel;
    this.bays = bays.number.map((number, index) => ({
      index,
      number,
      fore: bays.fore[index] ?? 0,
      aft: bays.aft[index] ?? 0,
      stacks: [],
      lids: [],
    }));
    const all: Stack[] = stacks.row.map((row, index) => ({
      index,
      row,
      isDeck: stacks.is_deck[index] ?? false,
      cells: [],
      maxWeight20Kg: stacks.max_weight_20_kg[index] ?? null,
      maxWeight40Kg: stacks.max_weight_40_kg[index] ?? null,
      tcgMm: stacks.tcg_mm[index] ?? null,
      lcgMm: stacks.lcg_mm[index] ?? null,
    }));
    cells.stack.forEach((stack, at) =>
      all[stack]?.cells.push({ tier: cells.tier[at] ?? 0, flags: cells.flags[at] ?? 0 }),
    );
    all.forEach((stack, index) => this.bays[stacks.bay[index] ?? -1]?.stacks.push(stack));
    for (const lid of vessel.lids) {
      const closes = new Set(lid.closes);
      const carries = new Set(lid.carries);
      const touched = new Set([...lid.closes, ...lid.carries].map((stack) => stacks.bay[stack]));
      for (const bay of touched) this.bays[bay ?? -1]?.lids.push({ id: lid.id, closes, carries });
    }
    for (const bay of this.bays) {
      if (bay.fore) this.named.set(bay.fore, { bay, end: 'fore' });
      if (bay.aft) this.named.set(bay.aft, { bay, end: 'aft' });
      if (bay.number % 2 === 0) this.named.set(bay.number, { bay, end: 'both' });
      for (const stack of bay.stacks)
        for (const cell of stack.cells) this.stackAt.set(`${bay.index} ${stack.row} ${cell.tier}`, { stack, cell });
    }
  }

  /** Which bay a bay number of a slot belongs to, and the end it means. */
  bay(number: number): { bay: Bay; end: End } | undefined {
    return this.named.get(number);
  }

  spot(slot: number): Spot | undefined {
    const found = this.named.get(Math.floor(slot / 10_000));
    if (!found) return undefined;
    const at = this.stackAt.get(`${found.bay.index} ${Math.floor(slot / 100) % 100} ${slot % 100}`);
    return at && { ...found, ...at };
  }
}

/** The slot that a box of such a length takes at this end of a cell; 0 when it cannot. */
export function slotFor(spot: Spot, lengthFt: number): number {
  const { bay, stack, cell } = spot;
  const isShort = lengthFt <= 20;
  const end: End = isShort ? (spot.end === 'both' ? 'fore' : spot.end) : 'both';
  const number = end === 'both' ? bay.number : end === 'fore' ? bay.fore : bay.aft;
  if (!number || (end === 'both' && number % 2)) return 0;
  const needed =
    end === 'both' ? (lengthFt > 40 ? TAKES.LONG_45 : TAKES.LONG) : end === 'fore' ? TAKES.FORE_20 : TAKES.AFT_20;
  return cell.flags & needed ? number * 10_000 + stack.row * 100 + cell.tier : 0;
}

/** BBBRRTT, as bay plans write it. */
export function slotText(slot: number): string {
  return String(slot).padStart(7, '0');
}

/** 02 or 118: how people say a bay. */
export function bayText(number: number): string {
  return String(number).padStart(2, '0');
}

/** 26-10-84: how people read a slot. */
export function slotInWords(slot: number): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(Math.floor(slot / 10_000))}-${two(Math.floor(slot / 100) % 100)}-${two(slot % 100)}`;
}

/** The bay number that a finding's place speaks of: a slot, "bay 02 row 04 hold", "lid 02P"; 0 when none. */
export function bayOfPlace(place: string, hull: Hull): number {
  if (/^\d{6,7}$/.test(place)) return Math.floor(Number(place) / 10_000);
  const named = /\bbay 0*(\d+)/i.exec(place);
  if (named) return Number(named[1]);
  const lid = /\blid (\S+)/i.exec(place);
  return (lid && hull.bays.find((bay) => bay.lids.some((one) => one.id === lid[1]))?.number) || 0;
}
