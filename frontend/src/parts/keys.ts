/** What the keys of every drawn view have in common. */

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** Whether the key belongs to the browser: the views take none of its combinations. */
export function isBrowsers(event: KeyboardEvent): boolean {
  return event.ctrlKey || event.metaKey || event.altKey;
}

/** Where an arrow key points, to the right and up; undefined for any other key. */
export function arrow(event: KeyboardEvent): readonly [number, number] | undefined {
  return STEPS[event.key];
}

/** The key was meant for this view: nobody else acts on it. */
export function taken(event: KeyboardEvent): void {
  event.preventDefault();
  event.stopPropagation();
}
