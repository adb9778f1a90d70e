/** What is read again and again while a page shows it, and may be acted upon. */

import { inWords } from '../wire/http';

export abstract class Watched {
  problem = $state('');
  isBusy = $state(false);

  constructor(private readonly everyMs: number) {}

  /** While a page shows it. */
  watch(): void {
    $effect(() => {
      void this.readFirst();
      const timer = setInterval(() => void this.read(), this.everyMs);
      return () => clearInterval(timer);
    });
  }

  protected abstract read(): Promise<void>;

  protected readFirst(): Promise<void> {
    return this.read();
  }

  /** Whether it could be read; why not is in `problem`. */
  protected async told(reading: () => Promise<unknown>): Promise<boolean> {
    try {
      await reading();
      return true;
    } catch (error) {
      this.problem = inWords(error);
      return false;
    }
  }

  /** Do it and read again; whether it was done. */
  protected async act(what: () => Promise<unknown>): Promise<boolean> {
    this.isBusy = true;
    this.problem = '';
    const isDone = await this.told(async () => {
      await what();
      await this.read();
    });
    this.isBusy = false;
    return isDone;
  }
}
