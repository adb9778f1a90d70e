/** What every drawn view needs: a canvas as sharp as the screen, and the page's colours in it. */

/** Letters of a page on a desk, in pixels. */
const DESK_LETTER_PX = 13;
let keptZoom = 0;

/** How much larger letters are than on a desk: a wall is read from afar. What is drawn by hand grows with them. */
export function zoom(): number {
  if (!keptZoom) {
    const read = () => (keptZoom = parseFloat(getComputedStyle(document.documentElement).fontSize) / DESK_LETTER_PX);
    addEventListener('resize', read);
    read();
  }
  return keptZoom;
}

/** Dots of the screen to one of the lengths in which maps and charts are drawn. */
export function dotsOf(by: number): number {
  return (window.devicePixelRatio || 1) * by;
}

/** Where a pointer is, in the lengths of `watchRoom`. */
export function pointOf(event: MouseEvent): { x: number; y: number } {
  return { x: event.offsetX / zoom(), y: event.offsetY / zoom() };
}

/** Fits the canvas to the room it has; returns its drawing context, or null without one. Lengths are CSS pixels, or
 * those of `watchRoom` where its `zoom` is handed in. */
export function prepared(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  by = 1,
): CanvasRenderingContext2D | null {
  const dots = dotsOf(by);
  const [wide, high] = [Math.max(1, Math.round(width * dots)), Math.max(1, Math.round(height * dots))];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  const context = canvas.getContext('2d');
  context?.setTransform(dots, 0, 0, dots, 0, 0);
  context?.clearRect(0, 0, width, height);
  return context;
}

/** Tells the room's width and height now and whenever they change; returns how to end that. */
export function watchSize(room: HTMLElement, tell: (width: number, height: number) => void): () => void {
  const watch = new ResizeObserver(() => tell(room.clientWidth, room.clientHeight));
  watch.observe(room);
  return () => watch.disconnect();
}

/** The same in lengths that grow with the page's letters: CSS pixels divided by `zoom`. */
export function watchRoom(room: HTMLElement, tell: (width: number, height: number) => void): () => void {
  return watchSize(room, (width, height) => tell(width / zoom(), height / zoom()));
}

const NAMES = [
  'ground', 'surface', 'raised', 'line', 'line-strong', 'ink', 'ink-2', 'accent', 'accent-ink', 'accent-soft',
  'hard', 'safety', 'commercial', 'good', 'hard-soft', 'safety-soft', 'good-soft', 'cell', 'cell-line', 'stays',
  'stays-ink', 'lid', 'water', 'quay', 'lane',
] as const; // prettier-ignore

export type Colours = Record<(typeof NAMES)[number], string>;

/** The colours in use now. */
export function colours(): Colours {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) as Colours;
}
