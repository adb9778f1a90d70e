/** A pointer held down: how far it goes, and whether it was a click in the end. */

/** Nearer than this to where it began, a hand that trembles is taken for still. */
const STILL_PX = 4;

export class Grip {
  private held: { x: number; y: number; moved: boolean } | null = null;

  take(event: PointerEvent): void {
    this.held = { x: event.clientX, y: event.clientY, moved: false };
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
  }

  /** Pixels to the right and down since it was last asked; null while nothing is held or it has not really moved. */
  drag(event: PointerEvent): [number, number] | null {
    if (!this.held) return null;
    const [dx, dy] = [event.clientX - this.held.x, event.clientY - this.held.y];
    if (!this.held.moved && Math.hypot(dx, dy) < STILL_PX) return null;
    this.held = { x: event.clientX, y: event.clientY, moved: true };
    return [dx, dy];
  }

  /** Lets go; whether it was a click. */
  release(): boolean {
    const wasClick = this.held !== null && !this.held.moved;
    this.held = null;
    return wasClick;
  }
}
