/** Parts of the ship as wishes name them: "0020482", "bay 02", "bay 02 row 04 hold", "lid 02P", "on lid 02P". */

import { bayText, slotInWords, slotText, type Bay, type Cell, type End, type Stack } from './hull';

export type Reach = 'slot' | 'stack' | 'level' | 'bay';
export const REACHES: readonly Reach[] = ['slot', 'stack', 'level', 'bay'];

/** How wishes write a part: a slot, or what of its bay around a stack. */
export function partText(reach: Reach, bay: Bay, stack: Stack, slot: number): string {
  const level = stack.isDeck ? 'deck' : 'hold';
  if (reach === 'slot') return slotText(slot);
  const named = `bay ${bayText(bay.number)}`;
  if (reach === 'bay') return named;
  return reach === 'level' ? `${named} ${level}` : `${named} row ${String(stack.row).padStart(2, '0')} ${level}`;
}

/** Whether a part takes in a place, or some of it; a part that is not understood takes in nothing. */
export function covers(part: string, bay: Bay, stack: Stack, cell: Cell, end: End): boolean {
  const numbers = end === 'fore' ? [bay.fore] : end === 'aft' ? [bay.aft] : [bay.fore, bay.aft];
  const isIn = (number: number) => number === bay.number || numbers.includes(number);
  if (/^\d{6,7}$/.test(part)) {
    const slot = Number(part);
    return isIn(Math.floor(slot / 10_000)) && Math.floor(slot / 100) % 100 === stack.row && slot % 100 === cell.tier;
  }
  const named = /^bay (\d{1,3})(?: row (\d{1,2}))?(?: (hold|deck))?$/.exec(part);
  if (named) {
    const [, number, row, level] = named;
    return (
      isIn(Number(number)) &&
      (row === undefined || Number(row) === stack.row) &&
      (level === undefined || (level === 'deck') === stack.isDeck)
    );
  }
  const lid = /^(?:(on|under) )?lid (\S.*)$/.exec(part);
  if (!lid) return false;
  const [, where, id] = lid;
  if (where && (where === 'on') !== stack.isDeck) return false;
  return bay.lids.some((one) => one.id === id && (stack.isDeck ? one.carries : one.closes).has(stack.index));
}

interface PlaceWords {
  bay: string;
  row: string;
  deck: string;
  hold: string;
  lid: string;
  onDeck: string;
  underDeck: string;
  fore: string;
  aft: string;
}

/** A part of the ship as people of the reader's language say it: 06-01-82, "Bahía 06 fila 01 bodega". */
export function placeInWords(part: string, words: PlaceWords): string {
  if (/^\d{6,7}$/.test(part)) return slotInWords(Number(part));
  if (part === 'on deck') return words.onDeck;
  if (part === 'under deck') return words.underDeck;
  return part
    .replace(/^bay /, `${words.bay} `)
    .replace(/ row /, ` ${words.row} `)
    .replace(/ (?:deck|hold)( fore| aft)?$/, (where) =>
      where.replace(/[a-z]+/g, (word) => words[word as 'deck' | 'hold' | 'fore' | 'aft']),
    )
    .replace(/^(?:on |under )?lid /, `${words.lid} `);
}
