/** The berth chart as planners draw it: windows, tide, storms, ships with their cranes, what is fixed. */

import type { Colours } from '../parts/canvas';
import type { BerthShip, BerthStay } from '../wire/messages';
import { Chart, craneUse, CRANES_WIDTH, DAY_MIN, HEAD, tideMm, TIDE_WIDTH, timeLines, type Rect } from './chart';

export interface ChartScene {
  chart: Chart;
  stays: readonly BerthStay[];
  before: ReadonlyMap<string, BerthStay>;
  ships: ReadonlyMap<string, BerthShip>;
  /** Ships a person moved. */
  moved: ReadonlySet<string>;
  /** Ships of a hard finding. */
  bad: ReadonlySet<string>;
  chosen: string;
  /** When the plan begins, in UTC milliseconds; NaN where nobody says. */
  zero: number;
  day: (minute: number) => string;
  words: { tide: string; cranes: string; wind: (knots: string) => string; frozen: string };
}

export function drawChart(context: CanvasRenderingContext2D, scene: ChartScene, colour: Colours, font: string): void {
  const { chart } = scene;
  context.save();
  context.beginPath();
  context.rect(0, HEAD, chart.width, chart.bottom - HEAD);
  context.clip();
  drawDays(context, scene, colour, font);
  drawSections(context, scene, colour);
  drawStorms(context, scene, colour, font);
  drawFixed(context, scene, colour, font);
  for (const ship of scene.ships.values()) drawWindow(context, chart, ship, colour);
  for (const stay of scene.stays) drawOld(context, scene, stay, colour);
  for (const stay of scene.stays) drawShip(context, scene, stay, colour, font);
  drawTide(context, chart, colour);
  drawCraneUse(context, chart, scene.stays, colour);
  context.restore();
  drawHead(context, scene, colour, font);
}

function drawDays(
  context: CanvasRenderingContext2D,
  { chart, zero, day }: ChartScene,
  colour: Colours,
  font: string,
): void {
  context.font = `11px ${font}`;
  context.textAlign = 'left';
  context.textBaseline = 'top';
  for (const { minute, isDay } of timeLines(zero, chart, chart.minutes <= 4 * DAY_MIN ? 6 : 12)) {
    const y = chart.y(minute);
    context.strokeStyle = isDay ? colour['line-strong'] : colour.line;
    context.lineWidth = isDay ? 1 : 0.6;
    context.beginPath();
    context.moveTo(isDay ? 0 : chart.left - 8, y);
    context.lineTo(chart.width, y);
    context.stroke();
    if (!isDay) continue;
    context.fillStyle = colour['ink-2'];
    // The name of a day that began above stays in sight.
    context.fillText(day(minute), 6, Math.min(Math.max(y, HEAD), chart.y(minute + DAY_MIN) - 16) + 3);
  }
}

function drawSections(context: CanvasRenderingContext2D, { chart }: ChartScene, colour: Colours): void {
  context.strokeStyle = colour.line;
  context.lineWidth = 1;
  context.beginPath();
  for (const section of chart.ground.sections) {
    for (const mm of [section.from_mm, section.until_mm]) {
      context.moveTo(chart.x(mm), HEAD);
      context.lineTo(chart.x(mm), chart.bottom);
    }
  }
  context.stroke();
}

function drawStorms(
  context: CanvasRenderingContext2D,
  { chart, words }: ChartScene,
  colour: Colours,
  font: string,
): void {
  for (const gust of chart.ground.gusts) {
    const [top, bottom] = [chart.y(gust.from_min), chart.y(gust.until_min)];
    hatch(context, { x: chart.left, y: top, width: chart.right - chart.left, height: bottom - top }, colour.safety, 9);
    context.font = `600 11px ${font}`;
    context.fillStyle = colour.safety;
    context.textAlign = 'right';
    context.textBaseline = 'top';
    context.fillText(words.wind(String(gust.gust_kn)), chart.right - 4, top + 2);
  }
}

function drawFixed(context: CanvasRenderingContext2D, scene: ChartScene, colour: Colours, font: string): void {
  const { chart, words } = scene;
  const { now_min: now, frozen_until_min: frozen } = chart.ground;
  if (frozen > 0) {
    const [top, bottom] = [chart.y(0), chart.y(frozen)];
    hatch(
      context,
      { x: chart.left, y: top, width: chart.right - chart.left, height: bottom - top },
      colour['line-strong'],
      14,
    );
    context.fillStyle = colour['ink-2'];
    context.font = `11px ${font}`;
    context.textAlign = 'left';
    context.textBaseline = 'bottom';
    context.fillText(words.frozen, chart.left + 4, bottom - 2);
  }
  if (now > 0) line(context, chart.left, chart.y(now), chart.right, chart.y(now), colour.hard, 2);
}

/** Where and when a ship would like to begin: a dashed frame. */
function drawWindow(context: CanvasRenderingContext2D, chart: Chart, ship: BerthShip, colour: Colours): void {
  if (!ship.window || ship.wanted_mm === null) return;
  const { from_min, until_min } = ship.window;
  const box = chart.box({ position_mm: ship.wanted_mm, start_min: from_min, end_min: until_min }, ship.length_mm);
  context.setLineDash([2, 3]);
  context.strokeStyle = colour.accent;
  context.lineWidth = 0.8;
  context.strokeRect(box.x, box.y, box.width, box.height);
  context.setLineDash([]);
}

/** Where a ship lay before the trial, and the way from there. */
function drawOld(context: CanvasRenderingContext2D, scene: ChartScene, stay: BerthStay, colour: Colours): void {
  const old = scene.before.get(stay.ship);
  if (!old || (old.position_mm === stay.position_mm && old.start_min === stay.start_min)) return;
  const length = scene.ships.get(stay.ship)?.length_mm ?? 0;
  const [from, to] = [scene.chart.box(old, length), scene.chart.box(stay, length)];
  context.setLineDash([6, 4]);
  context.strokeStyle = colour['ink-2'];
  context.lineWidth = 1.2;
  context.strokeRect(from.x, from.y, from.width, from.height);
  line(context, from.x + from.width / 2, from.y, to.x + to.width / 2, to.y, colour['ink-2'], 1);
  context.setLineDash([]);
}

function drawShip(
  context: CanvasRenderingContext2D,
  scene: ChartScene,
  stay: BerthStay,
  colour: Colours,
  font: string,
): void {
  const ship = scene.ships.get(stay.ship);
  if (!ship) return;
  const box = scene.chart.box(stay, ship.length_mm);
  const old = scene.before.get(stay.ship);
  const isMoved = scene.moved.has(stay.ship);
  const isOther = !isMoved && (!old || old.position_mm !== stay.position_mm || old.start_min !== stay.start_min);
  const isBad = scene.bad.has(stay.ship);
  context.fillStyle = ship.is_begun
    ? colour.stays
    : isMoved
      ? colour.accent
      : isOther
        ? colour['safety-soft']
        : colour['accent-soft'];
  context.fillRect(box.x, box.y, box.width, box.height);
  drawCranes(context, scene.chart, stay, box, isMoved ? colour['accent-ink'] : colour.accent, font);
  context.strokeStyle = isBad ? colour.hard : stay.ship === scene.chosen ? colour.ink : colour['line-strong'];
  context.lineWidth = isBad || stay.ship === scene.chosen ? 2.6 : 1;
  context.strokeRect(box.x, box.y, box.width, box.height);
  context.fillStyle = ship.is_begun ? colour['stays-ink'] : isMoved ? colour['accent-ink'] : colour.ink;
  context.textAlign = 'left';
  context.textBaseline = 'top';
  context.font = `600 11px ${font}`;
  const name = `${isBad ? '⚠ ' : isOther ? '↷ ' : ''}${ship.name || ship.id}`;
  if (box.height > 13) context.fillText(cut(context, name, box.width - 6), box.x + 4, box.y + 2);
  context.font = `10px ${font}`;
  if (box.height > 27) context.fillText(cut(context, ship.service, box.width - 6), box.x + 4, box.y + 15);
}

/** A bar for each crane along the ship over the time it works; its name where there is room. */
function drawCranes(
  context: CanvasRenderingContext2D,
  chart: Chart,
  stay: BerthStay,
  box: Rect,
  paint: string,
  font: string,
): void {
  context.font = `9px ${font}`;
  context.textAlign = 'center';
  context.textBaseline = 'bottom';
  for (const part of stay.work) {
    const [top, bottom] = [chart.y(part.from_min), chart.y(part.until_min)];
    for (let at = 0; at < part.cranes; at += 1) {
      const x = box.x + (box.width * (at + 0.5)) / part.cranes;
      context.fillStyle = paint;
      context.globalAlpha = 0.35;
      context.fillRect(x - 2, top, 4, bottom - top);
      context.globalAlpha = 1;
      const name = part.crane_ids[at];
      if (name && bottom - top > 46 && box.width / part.cranes > 24) context.fillText(name, x, bottom - 1);
    }
  }
}

function drawTide(context: CanvasRenderingContext2D, chart: Chart, colour: Colours): void {
  const left = chart.right + 8;
  const { ground } = chart;
  const most = Math.max(1, ...ground.tide_mm);
  context.beginPath();
  for (let y = HEAD; y <= chart.bottom; y += 2) {
    const x = left + ((TIDE_WIDTH - 16) * Math.max(0, tideMm(ground, chart.minute(y)))) / most;
    if (y === HEAD) context.moveTo(x, y);
    else context.lineTo(x, y);
  }
  context.strokeStyle = colour.accent;
  context.lineWidth = 1.4;
  context.stroke();
}

function drawCraneUse(
  context: CanvasRenderingContext2D,
  chart: Chart,
  stays: readonly BerthStay[],
  colour: Colours,
): void {
  const left = chart.width - CRANES_WIDTH + 6;
  const each = (CRANES_WIDTH - 12) / Math.max(1, chart.ground.cranes.length);
  const high = chart.y(chart.ground.step_min) - chart.y(0);
  for (const { minute, used, able } of craneUse(chart.ground, stays)) {
    const y = chart.y(minute);
    context.fillStyle = colour.cell;
    context.fillRect(left, y, able * each, high + 0.5);
    context.fillStyle = used > able ? colour.hard : colour.accent;
    context.globalAlpha = 0.6;
    context.fillRect(left, y, used * each, high + 0.5);
    context.globalAlpha = 1;
  }
}

function drawHead(context: CanvasRenderingContext2D, scene: ChartScene, colour: Colours, font: string): void {
  const { chart, words } = scene;
  context.fillStyle = colour['ink-2'];
  context.textBaseline = 'middle';
  context.textAlign = 'center';
  for (const section of chart.ground.sections) {
    const [from, until] = [chart.x(section.from_mm), chart.x(section.until_mm)];
    context.font = `600 11px ${font}`;
    context.fillText(cut(context, section.name, until - from - 4), (from + until) / 2, 10);
    context.font = `10px ${font}`;
    const text = `${Math.round(section.from_mm / 1000)}–${Math.round(section.until_mm / 1000)} m · ${(section.depth_mm / 1000).toFixed(1)} m`;
    context.fillText(cut(context, text, until - from - 4), (from + until) / 2, 24);
  }
  context.font = `600 11px ${font}`;
  context.fillText(words.tide, chart.right + TIDE_WIDTH / 2, 16);
  context.fillText(words.cranes, chart.width - CRANES_WIDTH / 2, 16);
  line(context, 0, HEAD, chart.width, HEAD, colour['line-strong'], 1);
}

function cut(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  let short = text;
  while (short && context.measureText(`${short}…`).width > width) short = short.slice(0, -1);
  return short ? `${short}…` : '';
}

function line(
  context: CanvasRenderingContext2D,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  paint: string,
  width: number,
): void {
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.strokeStyle = paint;
  context.lineWidth = width;
  context.stroke();
}

function hatch(context: CanvasRenderingContext2D, box: Rect, paint: string, apart: number): void {
  context.save();
  context.beginPath();
  context.rect(box.x, box.y, box.width, box.height);
  context.clip();
  context.beginPath();
  for (let x = box.x - box.height; x < box.x + box.width; x += apart) {
    context.moveTo(x, box.y + box.height);
    context.lineTo(x + box.height, box.y);
  }
  context.strokeStyle = paint;
  context.globalAlpha = 0.5;
  context.lineWidth = 1;
  context.stroke();
  context.restore();
}
