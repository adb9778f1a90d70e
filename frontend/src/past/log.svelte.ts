/** How far the log goes back, asked of the server now and then. */

import { door, inWords } from '../wire/http';
import type { Past } from '../wire/messages';
import { person } from '../wire/session.svelte';

const AGAIN_MS = 10_000;

class Log {
  now = $state.raw<Past | null>(null);
  problem = $state('');

  get isThere(): boolean {
    return person.session?.has_past ?? false;
  }

  async look(): Promise<void> {
    try {
      this.now = await door.get<Past>('past');
      this.problem = '';
    } catch (error) {
      this.problem = inWords(error);
    }
  }

  /** For as long as the component that calls this is there; a run that is over does not grow. */
  watch(): void {
    $effect(() => {
      if (!this.isThere) return;
      void this.look();
      const timer = setInterval(() => {
        if (!this.now?.source) void this.look();
      }, AGAIN_MS);
      return () => clearInterval(timer);
    });
  }
}

export const log = new Log();
