import { describe, expect, it } from 'vitest';
import { BayLayout, stepsToStarboard } from './bay_layout';
import { Aboard, weightLeftKg } from './cargo';
import { bayOfPlace, Hull, slotFor, slotInWords, slotText, type Stack } from './hull';
import type { Plan, Vessel } from '../wire/messages';

/** One 40 ft bay: rows 02, 00, 01 in the hold and on deck, two tiers each. */
function vessel(): Vessel {
  const rows = [2, 0, 1, 2, 0, 1];
  return {
    bays: { number: [2], fore: [1], aft: [3] },
    stacks: {
      bay: rows.map(() => 0),
      row: rows,
      is_deck: [false, false, false, true, true, true],
      max_weight_20_kg: rows.map(() => 60_000),
      max_weight_40_kg: rows.map(() => 80_000),
      max_height_mm: rows.map(() => null),
      tcg_mm: rows.map(() => null),
      lcg_mm: rows.map(() => null),
    },
    cells: {
      stack: rows.flatMap((_, at) => [at, at]),
      tier: rows.flatMap((_, at) => (at < 3 ? [2, 4] : [82, 84])),
      flags: rows.flatMap(() => [7, 7]),
    },
    lids: [{ id: '02P', closes: [0, 1], carries: [3, 4] }],
  } as unknown as Vessel;
}

describe('a bay seen from aft', () => {
  const hull = new Hull(vessel());
  const layout = new BayLayout(hull.bays[0]!);
  const at = (row: number, isDeck = true) =>
    hull.bays[0]!.stacks.find((one) => one.row === row && one.isDeck === isDeck)!;

  it('has row 00 in the middle, even rows to port, odd rows to starboard', () => {
    expect(layout.columnX(at(2))).toBeLessThan(layout.columnX(at(0)));
    expect(layout.columnX(at(0))).toBeLessThan(layout.columnX(at(1)));
    expect(layout.columnX(at(0)) + layout.cellWidth / 2).toBe(layout.width / 2);
  });

  it('has the deck over the hold and the lid between', () => {
    const bar = [...layout.lidBars()][0]!.bar;
    expect(layout.tierY(82, true)).toBeLessThan(bar.y);
    expect(bar.y).toBeLessThan(layout.tierY(4, false));
  });

  it('finds at each point the cell that is drawn there', () => {
    for (const stack of hull.bays[0]!.stacks) {
      for (const cell of stack.cells) {
        for (const end of ['fore', 'aft'] as const) {
          const { x, y, width, height } = layout.cell({ stack, cell, end });
          expect(layout.at(x + width / 2, y + height / 2)).toEqual({ stack, cell, end });
        }
      }
    }
  });

  it('puts rows without a centre row half a column nearer', () => {
    expect([1, 2, 3, 4].map((row) => stepsToStarboard(row, false))).toEqual([0.5, -0.5, 1.5, -1.5]);
  });
});

describe('slots', () => {
  const hull = new Hull(vessel());

  it('are read and written in one way', () => {
    expect(slotText(20_482)).toBe('0020482');
    expect(slotInWords(20_482)).toBe('02-04-82');
  });

  it('lie where the box that takes them lies', () => {
    for (const slot of [10_002, 30_184, 20_082]) {
      const spot = hull.spot(slot)!;
      expect(slotFor(spot, spot.end === 'both' ? 40 : 20)).toBe(slot);
    }
  });

  it('refuse a 45 ft box where only 40 ft fit', () => {
    expect(slotFor(hull.spot(20_082)!, 45)).toBe(0);
  });

  it('are found in what a finding says of its place', () => {
    expect(bayOfPlace('0030184', hull)).toBe(3);
    expect(bayOfPlace('bay 02 row 04 hold', hull)).toBe(2);
    expect(bayOfPlace('on lid 02P', hull)).toBe(2);
    expect(bayOfPlace('under deck', hull)).toBe(0);
  });
});

describe('what is aboard', () => {
  it('is told apart by condition', () => {
    const hull = new Hull(vessel());
    const plan = { arrival: [20_002, 0, 20_004], departure: [20_002, 20_082, 0] } as unknown as Plan;
    const boxes = (condition: 'arrival' | 'departure') =>
      new Aboard(hull, plan, condition).in(0).map((placed) => placed.box);
    expect(boxes('arrival')).toEqual([0, 2]);
    expect(boxes('departure')).toEqual([0, 1]);
  });

  it('leaves of a stack what its tightest limit leaves', () => {
    const stack = { maxWeight20Kg: 60_000, maxWeight40Kg: 80_000 } as Stack;
    expect(weightLeftKg(stack, [{ end: 'both', massKg: 30_000 }])).toBe(45_000);
    expect(
      weightLeftKg(stack, [
        { end: 'fore', massKg: 50_000 },
        { end: 'aft', massKg: 10_000 },
      ]),
    ).toBe(10_000);
    expect(weightLeftKg({ maxWeight20Kg: null, maxWeight40Kg: null } as Stack, [])).toBeNull();
  });
});
