/** What a person may do to what runs: each act is asked of the server, which journals it or says why not. */

import { exactClock } from '../format';
import { settings } from '../settings.svelte';
import { door, inWords } from '../wire/http';
import type { Act, Journalled, SeeAlerts, Tow } from '../wire/messages';
import { person } from '../wire/session.svelte';
import { stream } from '../wire/stream.svelte';

/** The action of the roles' table that each act needs. */
const NEEDS: Record<string, string> = {
  'see-alert': 'live.alert',
  'see-alerts': 'live.alert',
  'put-back': 'live.machine',
  'take-out': 'live.machine',
  'expect-back': 'live.machine',
  tow: 'live.machine',
  'hold-queue': 'live.queue',
  'release-queue': 'live.queue',
  'skip-step': 'live.queue',
  'give-bay': 'live.queue',
  hurry: 'live.move',
  sail: 'live.sail',
  speed: 'live.speed',
};

class Acts {
  said = $state('');
  hasFailed = $state(false);
  isBusy = $state(false);

  /** Why somebody may not do this, "" when they may; a machine that is not heard cannot be put back into service. */
  whyNot(name: string, machine = ''): string {
    if (!person.may(NEEDS[name] ?? name)) return settings.words.roles.may_not(person.roleName);
    if (name === 'put-back' && stream.links.get(machine)?.is_connected === false)
      return settings.words.live.alerts.linkLost(machine);
    return '';
  }

  async do(name: string, body: Act['body'] | SeeAlerts | Tow): Promise<boolean> {
    this.isBusy = true;
    this.said = '';
    this.hasFailed = false;
    try {
      const done = await door.post<Journalled>(`live/${name}`, body);
      const text =
        'back_ms' in body
          ? `${body.machine} · ${exactClock(stream.utcMs(Number(body.back_ms)), settings.language)}`
          : done.text;
      this.said = `✓ ${[text, settings.words.live.done(done.entry)].filter(Boolean).join(' · ')}`;
      return true;
    } catch (error) {
      this.hasFailed = true;
      this.said = inWords(error);
      return false;
    } finally {
      this.isBusy = false;
    }
  }
}

export const acts = new Acts();
