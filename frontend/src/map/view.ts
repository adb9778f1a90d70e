/** From the ground's millimetres to the screen and back: x along the quay to the right, y inland downwards. */

import { dotsOf, zoom } from '../parts/canvas';
import type { Ground } from '../wire/messages';

/** Room for ships before the quay's edge. */
export const WATER_MM = 86_000;
const MARGIN_MM = 12_000;
const MOST_ZOOM = 40;

export interface Extent {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export function extentOf(ground: Ground): Extent {
  let [left, right, bottom] = [0, ground.quay_length_mm, 0];
  for (const points of ground.lanes.points) {
    for (let at = 0; at + 1 < points.length; at += 2) {
      left = Math.min(left, points[at] ?? 0);
      right = Math.max(right, points[at] ?? 0);
      bottom = Math.max(bottom, points[at + 1] ?? 0);
    }
  }
  for (const block of ground.blocks) {
    const { width, height } = sizeOf(block);
    right = Math.max(right, block.x_mm + width);
    bottom = Math.max(bottom, block.y_mm + height);
  }
  return { left: left - MARGIN_MM, top: -WATER_MM, right: right + MARGIN_MM, bottom: bottom + MARGIN_MM };
}

export function sizeOf(block: Ground['blocks'][number]): { width: number; height: number } {
  const along = block.bays * block.bay_pitch_mm;
  const across = block.rows * block.row_pitch_mm;
  return block.bays_along_quay ? { width: along, height: across } : { width: across, height: along };
}

export class View {
  /** Pixels to a millimetre, and where the ground's origin lies on the screen. */
  constructor(
    readonly scale: number,
    readonly x: number,
    readonly y: number,
  ) {}

  static toFit(extent: Extent, width: number, height: number): View {
    const [wide, high] = [extent.right - extent.left, extent.bottom - extent.top];
    const scale = Math.min(width / wide, height / high);
    return new View(
      scale,
      (width - wide * scale) / 2 - extent.left * scale,
      (height - high * scale) / 2 - extent.top * scale,
    );
  }

  /** Larger or smaller about a point of the screen that stays where it is. */
  zoomed(factor: number, x: number, y: number, whole: View): View {
    const scale = Math.min(whole.scale * MOST_ZOOM, Math.max(whole.scale, this.scale * factor));
    if (scale === whole.scale) return whole;
    const real = scale / this.scale;
    return new View(scale, x - (x - this.x) * real, y - (y - this.y) * real);
  }

  moved(dx: number, dy: number): View {
    return new View(this.scale, this.x + dx, this.y + dy);
  }

  toGround(x: number, y: number): { x: number; y: number } {
    return { x: (x - this.x) / this.scale, y: (y - this.y) / this.scale };
  }

  apply(context: CanvasRenderingContext2D): void {
    const dots = dotsOf(zoom());
    context.setTransform(dots * this.scale, 0, 0, dots * this.scale, dots * this.x, dots * this.y);
  }

  /** Words at a place of the ground, in pixels: letters of thousands of millimetres are not set well. */
  write(context: CanvasRenderingContext2D, text: string, x: number, y: number, isOutlined = false): void {
    const dots = dotsOf(zoom());
    context.setTransform(dots, 0, 0, dots, 0, 0);
    if (isOutlined) context.strokeText(text, this.x + x * this.scale, this.y + y * this.scale);
    context.fillText(text, this.x + x * this.scale, this.y + y * this.scale);
    this.apply(context);
  }

  /** The ground that a screen of such a size shows. */
  seen(width: number, height: number): Extent {
    const from = this.toGround(0, 0);
    const to = this.toGround(width, height);
    return { left: from.x, top: from.y, right: to.x, bottom: to.y };
  }

  /** So many pixels in millimetres of the ground. */
  pixels(count: number): number {
    return count / this.scale;
  }
}
