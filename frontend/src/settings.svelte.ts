/** What the reader has set for themselves: language and colours. Kept in the browser. */

import { en } from './words/en';
import { load, preferred, type Language, type Words } from './words';

export type Scheme = 'system' | 'light' | 'dark';
const SCHEMES: readonly Scheme[] = ['system', 'light', 'dark'];

function kept(name: string): string | null {
  try {
    return localStorage.getItem(`cabria.${name}`);
  } catch {
    return null; // A browser that keeps nothing: the choice lasts as long as the page.
  }
}

function keep(name: string, value: string): void {
  try {
    localStorage.setItem(`cabria.${name}`, value);
  } catch {
    // As above.
  }
}

class Settings {
  language = $state<Language>('en');
  words = $state.raw<Words>(en);
  scheme = $state<Scheme>(SCHEMES.find((scheme) => scheme === kept('scheme')) ?? 'system');
  /** Counts changes of colours, so that canvases know when to draw anew. */
  painted = $state(0);

  private readonly darkSystem = matchMedia('(prefers-color-scheme: dark)');
  /** Paper is light, whatever the screen is. */
  private isOnPaper = $state(false);

  constructor() {
    this.darkSystem.addEventListener('change', () => this.paint());
    matchMedia('print').addEventListener('change', ({ matches }) => {
      this.isOnPaper = matches;
      this.paint();
    });
    this.paint();
  }

  async start(): Promise<void> {
    await this.speak(preferred(kept('language'), navigator.languages));
  }

  async speak(language: Language): Promise<void> {
    this.words = await load(language);
    this.language = language;
    document.documentElement.lang = language;
    keep('language', language);
  }

  choose(scheme: Scheme): void {
    this.scheme = scheme;
    keep('scheme', scheme);
    this.paint();
  }

  get isDark(): boolean {
    if (this.isOnPaper) return false;
    return this.scheme === 'dark' || (this.scheme === 'system' && this.darkSystem.matches);
  }

  private paint(): void {
    document.documentElement.dataset.scheme = this.isDark ? 'dark' : 'light';
    this.painted += 1;
  }
}

export const settings = new Settings();
