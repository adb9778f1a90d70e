/** The training session whose pages these are. */

import { door } from '../wire/http';
import type { InjectFault, TrainingReport, TrainingSession, TrainingView } from '../wire/messages';
import { Watched } from './watched.svelte';

const AGAIN_MS = 1_000;

class RoomState extends Watched {
  view = $state.raw<TrainingView | null>(null);
  alarms = $derived(this.view?.alarms ?? []);
  report = $state.raw<TrainingReport | null>(null);

  inject(fault: InjectFault): Promise<boolean> {
    return this.act(() => door.post('training/inject', fault));
  }

  note(text: string): Promise<boolean> {
    return this.act(() => door.post('training/notes', { text }));
  }

  keep(name: string): Promise<boolean> {
    return this.act(() => door.post('training/snapshots', { name }));
  }

  finish(): Promise<boolean> {
    return this.act(() => door.post('training/finish'));
  }

  go(speed: number): Promise<boolean> {
    return this.act(() => door.post('live/speed', { speed }));
  }

  /** Another session goes on from a snapshot, in a page of its own. */
  async branch(snapshot: string): Promise<void> {
    await this.act(async () => {
      const other = await door.post<TrainingSession>('training/branches', { snapshot });
      location.assign(`../../${other.address}#training`);
    });
  }

  async readReport(): Promise<void> {
    const isTold = await this.told(async () => {
      this.report = await door.get<TrainingReport>('training/report');
    });
    if (isTold) this.problem = '';
  }

  protected async read(): Promise<void> {
    await this.told(async () => {
      this.view = await door.get<TrainingView>('training/here');
    });
  }
}

export const room = new RoomState(AGAIN_MS);
