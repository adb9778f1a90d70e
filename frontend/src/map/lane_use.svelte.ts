/** Which segments are booked for which trucks, kept up to date while somebody looks at them. */

import { untrack } from 'svelte';
import { door } from '../wire/http';
import type { LaneUse } from '../wire/messages';
import { stream } from '../wire/stream.svelte';

const EVERY_MS = 1_000;

export class LaneBook {
  use = $state.raw<LaneUse | null>(null);

  /** For as long as the effect lasts that calls this; returns how to end it. */
  keep(): () => void {
    untrack(() => void this.read());
    const timer = setInterval(() => stream.link === 'open' && void this.read(), EVERY_MS);
    return () => {
      clearInterval(timer);
      this.use = null;
    };
  }

  private async read(): Promise<void> {
    try {
      this.use = await door.get<LaneUse>('live/lanes');
    } catch {
      // The lost connection is shown by the bar; the last picture of the lanes stays.
    }
  }
}
