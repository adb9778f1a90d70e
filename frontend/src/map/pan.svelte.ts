/** A piece of ground on the screen that is drawn nearer, moved and clicked, by pointer, wheel and keys. */

import { pointOf, watchRoom, zoom } from '../parts/canvas';
import { Grip } from '../parts/grip';
import { View, type Extent } from './view';

const KEY_ZOOM = 1.4;

export class Pan {
  width = $state(0);
  height = $state(0);
  /** What is looked at; null is the whole ground. */
  private near = $state.raw<View | null>(null);
  private readonly grip = new Grip();
  private readonly whole = $derived.by(() => View.toFit(this.extent(), this.width, this.height));
  readonly view = $derived(this.near ?? this.whole);

  constructor(
    private readonly extent: () => Extent,
    private readonly clicked: (x: number, y: number) => void,
  ) {}

  get isZoomed(): boolean {
    return this.near !== null;
  }

  /** Keeps to the size of the room; returns how to end that. */
  fill(room: HTMLElement): () => void {
    return watchRoom(room, (wide, high) => ([this.width, this.height, this.near] = [wide, high, null]));
  }

  zoom(factor: number, x = this.width / 2, y = this.height / 2): void {
    const zoomed = this.view.zoomed(factor, x, y, this.whole);
    this.near = zoomed === this.whole ? null : zoomed;
  }

  move(dx: number, dy: number): void {
    if (this.near) this.near = this.near.moved(dx, dy);
  }

  /** Brings a point of the ground to the middle where it lies outside what is shown. */
  keepInSight(at: { x: number; y: number }): void {
    const [x, y] = [this.view.x + at.x * this.view.scale, this.view.y + at.y * this.view.scale];
    if (x < 0 || y < 0 || x > this.width || y > this.height) this.move(this.width / 2 - x, this.height / 2 - y);
  }

  /** Whether the key was for the view: nearer, farther, the whole. */
  key(event: KeyboardEvent): boolean {
    if (event.key === '+') this.zoom(KEY_ZOOM);
    else if (event.key === '-') this.zoom(1 / KEY_ZOOM);
    else if (event.key === '0') this.near = null;
    else return false;
    return true;
  }

  /** For the canvas on which it is done. */
  readonly hands = {
    onwheel: (event: WheelEvent): void => {
      event.preventDefault();
      const { x, y } = pointOf(event);
      this.zoom(Math.exp(-event.deltaY / 400), x, y);
    },
    onpointerdown: (event: PointerEvent): void => this.grip.take(event),
    onpointermove: (event: PointerEvent): void => {
      const by = this.grip.drag(event);
      if (by) this.move(by[0] / zoom(), by[1] / zoom());
    },
    onpointerup: (event: PointerEvent): void => {
      if (!this.grip.release()) return;
      const { x, y } = pointOf(event);
      this.clicked(x, y);
    },
    onpointercancel: (): void => void this.grip.release(),
  };
}
