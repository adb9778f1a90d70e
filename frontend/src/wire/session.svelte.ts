/** Who is logged in, and what they may do. */

import type { Session } from './messages';
import { zone } from '../parts/zone.svelte';
import { settings } from '../settings.svelte';
import { door } from './http';

/** The server's name for whoever asks where no login is needed. */
const NOBODY_NEEDED = 'anybody here';

class Person {
  session = $state.raw<Session | null>(null);

  get isKnown(): boolean {
    return this.session !== null && (!this.session.is_login_needed || this.session.user !== '');
  }

  get userName(): string {
    return this.called(this.session?.user ?? '');
  }

  /** Somebody by the server's name for them, as people say it. */
  called(name: string): string {
    return name === NOBODY_NEEDED ? settings.words.shell.anybody : name;
  }

  /** As people say it. */
  get roleName(): string {
    const role = this.session?.role ?? '';
    return (settings.words.roles as Partial<Record<string, unknown>>)[role]?.toString() ?? role;
  }

  may(action: string): boolean {
    return this.session?.may.includes(action) ?? false;
  }

  async look(): Promise<void> {
    this.take(await door.get<Session>('session'));
  }

  async logIn(name: string, password: string): Promise<void> {
    await door.post('login', { name, password });
    await this.look();
  }

  async logOut(): Promise<void> {
    await door.post('logout');
    await this.look();
  }

  private take(session: Session): void {
    door.csrf = session.csrf;
    zone.choose(session.time_zone);
    this.session = session;
  }
}

export const person = new Person();
door.whenLoggedOut = () => void person.look();
