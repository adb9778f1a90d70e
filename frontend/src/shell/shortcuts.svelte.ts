/** Keys that do something wherever the focus is, except where a person writes. */

import { onMount } from 'svelte';

type Keys = Record<string, () => unknown>;

/** So many pages of the bar have a key, their number. */
export const ON_KEYS = 9;

class Shortcuts {
  isShown = $state(false);
  private layers: Keys[] = [];

  constructor() {
    addEventListener('keydown', (event) => this.hear(event));
  }

  /** For as long as the component that calls this is there. */
  use(keys: Keys): void {
    onMount(() => {
      this.layers.push(keys);
      return () => (this.layers = this.layers.filter((layer) => layer !== keys));
    });
  }

  private hear(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.altKey || isWriting(event.target)) return;
    const name = event.ctrlKey || event.metaKey ? `ctrl+${event.key.toLowerCase()}` : event.key;
    for (const layer of [...this.layers].reverse()) {
      const act = layer[name];
      if (!act) continue;
      event.preventDefault();
      act();
      return;
    }
  }
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement
    ? !['checkbox', 'radio', 'range', 'button'].includes(target.type)
    : target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

export const shortcuts = new Shortcuts();
