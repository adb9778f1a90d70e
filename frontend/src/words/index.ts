/** The words of the language in use. English comes with the page, the others when they are asked for. */

import { en, type Words } from './en';

export type { Words } from './en';
export const LANGUAGES = ['es', 'en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

export const NAMES: Record<Language, string> = { es: 'Español', en: 'English', zh: '中文' };

const LOADERS: Record<Language, () => Promise<Words>> = {
  en: async () => en,
  es: async () => (await import('./es')).es,
  zh: async () => (await import('./zh')).zh,
};

export function load(language: Language): Promise<Words> {
  return LOADERS[language]();
}

/** The reader's own choice, else the first language of the browser that we speak, else English. */
export function preferred(chosen: string | null, browser: readonly string[]): Language {
  for (const tag of [chosen ?? '', ...browser]) {
    const known = LANGUAGES.find((language) => tag.toLowerCase().startsWith(language));
    if (known) return known;
  }
  return 'en';
}
