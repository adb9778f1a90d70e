/** Tries as the server knows them, asked again while one is under way. */

import { door, inWords } from '../wire/http';
import type { AskTry, Journalled, Tries, Try } from '../wire/messages';

const AGAIN_MS = 800;
const IDLE_MS = 10_000;

class Attempts {
  all = $state.raw<readonly Try[]>([]);
  policies = $state.raw<readonly string[]>([]);
  mostHours = $state(24);
  /** The one that is looked at, with its result. */
  chosen = $state.raw<Try | null>(null);
  said = $state('');
  hasFailed = $state(false);
  isBusy = $state(false);
  isThere = $state(false);

  /** For as long as the component that calls this is there. */
  watch(): void {
    $effect(() => {
      let timer = 0;
      const again = async () => {
        await this.look();
        const runs = this.all.some((one) => one.state === 'waiting' || one.state === 'running');
        timer = window.setTimeout(() => void again(), runs ? AGAIN_MS : IDLE_MS);
      };
      void again();
      return () => clearTimeout(timer);
    });
  }

  async look(): Promise<void> {
    try {
      const told = await door.get<Tries>('tries');
      this.all = told.tries;
      this.policies = told.policies;
      this.mostHours = told.most_hours;
      this.isThere = true;
      const wanted = told.tries.find((one) => one.id === this.chosen?.id) ?? told.tries[0];
      if (!wanted) this.chosen = null;
      else if (wanted.state !== 'done') this.chosen = wanted;
      else if (wanted.id !== this.chosen?.id || !this.chosen.result || wanted.taken_by !== this.chosen.taken_by)
        await this.choose(wanted.id);
    } catch (error) {
      if (!this.isThere) this.tell(inWords(error), true);
    }
  }

  async choose(id: string): Promise<void> {
    this.chosen = await door.get<Try>(`tries/${id}`);
  }

  begin(asked: AskTry): Promise<void> {
    return this.do(async () => {
      this.chosen = await door.post<Try>('tries', asked);
      return '';
    });
  }

  drop(id: string): Promise<void> {
    return this.do(async () => {
      await door.delete(`tries/${id}`);
      if (this.chosen?.id === id) this.chosen = null;
      return '';
    });
  }

  takeOver(id: string, cause: string): Promise<void> {
    return this.do(async () => (await door.post<Journalled>(`tries/${id}/take-over`, { cause })).text);
  }

  private async do(what: () => Promise<string>): Promise<void> {
    this.isBusy = true;
    this.tell('', false);
    try {
      const done = await what();
      if (done) this.tell(`✓ ${done}`, false);
      await this.look();
    } catch (error) {
      this.tell(inWords(error), true);
    } finally {
      this.isBusy = false;
    }
  }

  private tell(text: string, hasFailed: boolean): void {
    this.said = text;
    this.hasFailed = hasFailed;
  }
}

export const attempts = new Attempts();
