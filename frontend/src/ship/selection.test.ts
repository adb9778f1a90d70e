import { es } from '../words/es';
import { describe, expect, it } from 'vitest';
import { Hull, slotText, type Spot } from './hull';
import { covers, partText, placeInWords, REACHES } from './part';
import { carriedTo, type Chosen } from './selection';
import type { Vessel } from '../wire/messages';

/** Two 40 ft bays: rows 02, 00, 01 in the hold (tiers 02, 04) and on deck (82, 84). */
function vessel(): Vessel {
  const rows = [2, 0, 1, 2, 0, 1];
  const both = [0, 1].flatMap((bay) => rows.map((row, at) => ({ bay, row, isDeck: at > 2 })));
  return {
    bays: { number: [2, 6], fore: [1, 5], aft: [3, 7] },
    stacks: {
      bay: both.map((one) => one.bay),
      row: both.map((one) => one.row),
      is_deck: both.map((one) => one.isDeck),
      max_weight_20_kg: both.map(() => null),
      max_weight_40_kg: both.map(() => null),
      max_height_mm: both.map(() => null),
      tcg_mm: both.map(() => null),
      lcg_mm: both.map(() => null),
    },
    cells: {
      stack: both.flatMap((_, at) => [at, at]),
      tier: both.flatMap((one) => (one.isDeck ? [82, 84] : [2, 4])),
      flags: both.flatMap(() => [7, 7]),
    },
    lids: [{ id: '02P', closes: [0, 1], carries: [3, 4] }],
  } as unknown as Vessel;
}

const hull = new Hull(vessel());
const spot = (slot: number): Spot => hull.spot(slot)!;
const long = (box: number, slot: number): Chosen => ({ box, slot, lengthFt: 40 });

describe('boxes carried together', () => {
  const pair = [long(1, 20282), long(2, 20284)];

  it('go as many rows, tiers and bays on as the one that is held', () => {
    expect([...carriedTo(hull, pair, pair[0]!, spot(20082))!]).toEqual([
      [1, 20082],
      [2, 20084],
    ]);
    expect([...carriedTo(hull, pair, pair[0]!, spot(60182))!]).toEqual([
      [1, 60182],
      [2, 60184],
    ]);
    expect([...carriedTo(hull, pair, pair[0]!, spot(20002))!]).toEqual([
      [1, 20002],
      [2, 20004],
    ]);
  });

  it('stay where they are when the one that is held is put back', () => {
    for (const lead of pair)
      for (const [box, slot] of carriedTo(hull, pair, lead, spot(lead.slot))!)
        expect(slot).toBe(pair.find((one) => one.box === box)!.slot);
  });

  it('go nowhere when one of them would be off the ship', () => {
    expect(carriedTo(hull, pair, pair[1]!, spot(20082))).toBeNull();
    expect(carriedTo(hull, [long(1, 20182), long(2, 20082)], long(2, 20082), spot(20182))).toBeNull();
  });
});

describe('a part of the ship', () => {
  it('that is written around a place takes in that place, and the wider it is the more', () => {
    const all = hull.bays.flatMap((bay) =>
      bay.stacks.flatMap((stack) => stack.cells.map((cell) => ({ bay, stack, cell }))),
    );
    for (const { bay, stack, cell } of all) {
      const slot = bay.number * 10_000 + stack.row * 100 + cell.tier;
      const counts = REACHES.map((reach) => {
        const part = partText(reach, bay, stack, slot);
        expect(covers(part, bay, stack, cell, 'both')).toBe(true);
        return all.filter((one) => covers(part, one.bay, one.stack, one.cell, 'both')).length;
      });
      expect(counts).toEqual([1, 2, 6, 12]);
    }
  });

  it('is what stands on a lid, or under it', () => {
    const { bay, stack, cell } = spot(20282);
    expect(covers('on lid 02P', bay, stack, cell, 'both')).toBe(true);
    expect(covers('under lid 02P', bay, stack, cell, 'both')).toBe(false);
    expect(covers('lid 02P', bay, spot(20102).stack, cell, 'both')).toBe(false);
  });

  it('is said in the reader’s words', () => {
    const words = es.vessel;
    expect(placeInWords('bay 02 row 04 hold', words)).toBe('Bahía 02 fila 04 bodega');
    expect(placeInWords('bay 02 row 04 hold fore', words)).toBe('Bahía 02 fila 04 bodega proa');
    expect(placeInWords(slotText(20482), words)).toBe('02-04-82');
    expect(placeInWords('under deck', words)).toBe('bajo cubierta');
  });
});
