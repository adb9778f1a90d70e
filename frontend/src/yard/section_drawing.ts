/** One bay of a block as one stands before it: rows from left to right, tiers upwards. */

import { YARD_FLAG, type StockBox } from '../map/stock.svelte';
import type { Colours } from '../parts/canvas';
import type { Block } from '../wire/messages';
import type { Coat } from './shades';
import type { Rect } from './stacks';

const SIDE = 26;
const FOOT = 20;
const HEAD = 6;

export class SectionLayout {
  readonly cellWidth: number;
  readonly cellHeight: number;

  constructor(
    readonly block: Block,
    width: number,
    height: number,
  ) {
    this.cellWidth = Math.min(120, (width - SIDE - 6) / block.rows);
    this.cellHeight = Math.min(46, (height - FOOT - HEAD) / block.tiers);
  }

  cell(row: number, tier: number): Rect {
    return {
      x: SIDE + (row - 1) * this.cellWidth,
      y: HEAD + (this.block.tiers - tier) * this.cellHeight,
      width: this.cellWidth,
      height: this.cellHeight,
    };
  }

  at(x: number, y: number): { row: number; tier: number } | null {
    const row = Math.floor((x - SIDE) / this.cellWidth) + 1;
    const tier = this.block.tiers - Math.floor((y - HEAD) / this.cellHeight);
    const isThere = row >= 1 && row <= this.block.rows && tier >= 1 && tier <= this.block.tiers;
    return isThere ? { row, tier } : null;
  }
}

export interface SectionScene {
  layout: SectionLayout;
  boxes: readonly StockBox[];
  bay: number;
  chosen: string;
  /** Its colour and letter, and how likely it is in the way. */
  coat: (box: StockBox) => Coat;
  dug: (box: StockBox) => number;
  isRack: boolean;
}

export function drawSection(
  context: CanvasRenderingContext2D,
  scene: SectionScene,
  colour: Colours,
  font: string,
): void {
  drawFrame(context, scene, colour, font);
  for (const box of scene.boxes) drawBox(context, scene, box, colour, font);
}

/** From this width on there is room for a box's mass beside how likely it is dug. */
const BOTH_PX = 64;

function drawFrame(context: CanvasRenderingContext2D, scene: SectionScene, colour: Colours, font: string): void {
  const { layout } = scene;
  const { block } = layout;
  context.fillStyle = colour.cell;
  context.strokeStyle = colour['cell-line'];
  context.lineWidth = 0.7;
  context.font = `11px ${font}`;
  context.textBaseline = 'middle';
  for (let tier = 1; tier <= block.tiers; tier += 1) {
    for (let row = 1; row <= block.rows; row += 1) {
      const { x, y, width, height } = layout.cell(row, tier);
      context.fillRect(x, y, width, height);
      context.strokeRect(x, y, width, height);
    }
  }
  context.fillStyle = colour['ink-2'];
  context.textAlign = 'right';
  for (let tier = 1; tier <= block.tiers; tier += 1) {
    const { y, height } = layout.cell(1, tier);
    context.fillText(String(tier), SIDE - 6, y + height / 2);
  }
  context.textAlign = 'center';
  const ground = layout.cell(1, 1);
  for (let row = 1; row <= block.rows; row += 1) {
    const { x, width } = layout.cell(row, 1);
    context.fillText(String(row), x + width / 2, ground.y + ground.height + 11);
  }
  context.fillStyle = scene.isRack ? colour.accent : colour['line-strong'];
  context.fillRect(SIDE, ground.y + ground.height, layout.cellWidth * block.rows, scene.isRack ? 3 : 1.5);
}

function drawBox(
  context: CanvasRenderingContext2D,
  scene: SectionScene,
  box: StockBox,
  colour: Colours,
  font: string,
): void {
  const { x, y, width, height } = scene.layout.cell(box.row, box.tier);
  const coat = scene.coat(box);
  const reachesIn = box.bay !== scene.bay && box.lengthFt > 20;
  context.fillStyle = coat.fill;
  context.fillRect(x + 1, y + 1, width - 2, height - 2);
  context.strokeStyle = box.id === scene.chosen ? colour.hard : 'rgba(0,0,0,.55)';
  context.lineWidth = box.id === scene.chosen ? 3 : 0.7;
  context.strokeRect(x + 1, y + 1, width - 2, height - 2);
  context.fillStyle = coat.ink;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  context.font = `600 11px ${font}`;
  context.fillText(coat.sign, x + 4, y + 9);
  const marks = [
    box.flags & YARD_FLAG.PLUG ? 'R' : '',
    box.flags & YARD_FLAG.WANTED ? '↑' : '',
    reachesIn ? (box.bay < scene.bay ? '◂' : '▸') : '',
  ].join('');
  context.textAlign = 'right';
  context.font = `700 9px ${font}`;
  context.fillText(marks, x + width - 4, y + 9);
  if (box.flags & YARD_FLAG.DANGEROUS) diamond(context, x + width / 2, y + 9, 4.5);
  if (height < 24) return;
  context.fillStyle = coat.ink;
  context.textAlign = 'left';
  context.font = `9px ${font}`;
  const digits = width >= 76 ? box.id : box.id.slice(-Math.max(3, Math.floor((width - 6) / 5.6)));
  context.fillText(digits, x + 4, y + height - (height > 34 ? 19 : 8));
  if (height <= 34) return;
  const dug = scene.dug(box);
  const isDug = dug >= 0.05;
  if (!isDug || width >= BOTH_PX) context.fillText(`${Math.round(box.massKg / 1000)} t`, x + 4, y + height - 8);
  if (!isDug) return;
  context.textAlign = 'right';
  context.font = `700 9px ${font}`;
  context.fillText(`⤴${Math.round(100 * dug)}%`, x + width - 3, y + height - 8);
}

function diamond(context: CanvasRenderingContext2D, x: number, y: number, r: number): void {
  context.beginPath();
  context.moveTo(x, y - r);
  context.lineTo(x + r, y);
  context.lineTo(x, y + r);
  context.lineTo(x - r, y);
  context.closePath();
  context.fillStyle = '#ffffff';
  context.fill();
  context.strokeStyle = '#a0120c';
  context.lineWidth = 1.5;
  context.stroke();
}
