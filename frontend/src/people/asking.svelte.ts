/** One thing asked of the server at a time, and what came of it in a sentence. */

import { inWords } from '../wire/http';

export class Asking {
  isBusy = $state(false);
  said = $state('');
  hasFailed = $state(false);

  /** Whether it was done; what the server says then is shown, or why not. */
  async ask(what: () => Promise<{ text?: string } | void>): Promise<boolean> {
    this.isBusy = true;
    this.said = '';
    try {
      const text = (await what())?.text ?? '';
      this.said = text ? `✓ ${text}` : '';
      this.hasFailed = false;
    } catch (error) {
      this.said = inWords(error);
      this.hasFailed = true;
    } finally {
      this.isBusy = false;
    }
    return !this.hasFailed;
  }
}
