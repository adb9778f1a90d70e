/** The course and the sessions of this server. */

import { door } from '../wire/http';
import type { Course, TrainingScenario, TrainingSession, TrainingSessions } from '../wire/messages';
import { Watched } from './watched.svelte';

const AGAIN_MS = 1_500;

class CourseState extends Watched {
  scenarios = $state.raw<readonly TrainingScenario[]>([]);
  sessions = $state.raw<readonly TrainingSession[]>([]);

  /** From the scenario's own start, or from an hour of the terminal beside. */
  begin(scenario: string, fromHour: number | null = null): Promise<boolean> {
    return this.act(() => door.post('training/sessions', { scenario, from_h: fromHour }));
  }

  end(id: string): Promise<boolean> {
    return this.act(() => door.delete(`training/sessions/${id}`));
  }

  protected override async readFirst(): Promise<void> {
    const isTold = await this.told(async () => {
      this.scenarios = (await door.get<Course>('training/scenarios')).scenarios;
    });
    if (isTold) await this.read();
  }

  protected async read(): Promise<void> {
    await this.told(async () => {
      this.sessions = (await door.get<TrainingSessions>('training/sessions')).sessions;
    });
  }
}

export const course = new CourseState(AGAIN_MS);
