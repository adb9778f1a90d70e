/** What people did, in the reader's language: a sentence of `acts`, filled with what it names. */

import { moment } from '../format';
import type { Said } from '../wire/messages';
import type { Language, Words } from '.';
import { filled, refusalText } from './refusing';

const UNKNOWN = '…';
const VALUE = /\{(\w+)\}/g;
const PART = /\[([^\]]*)\]/g;

/** As the server says it in English where the word is not known here. */
export function actText(did: Said, words: Words, language: Language): string {
  const known = words.acts[did.code];
  if (!known) return did.text;
  const values = Object.fromEntries(
    Object.entries(did.values).map(([name, value]) => [name, told(name, value, words, language)]),
  );
  const isKnown = (name: string) => (values[name] ?? '') !== '';
  const knows = (part: string) => [...part.matchAll(VALUE)].some(([, name]) => isKnown(name as string));
  const sentence = known.replace(PART, (_, part: string) => (knows(part) ? part : ''));
  return filled(
    sentence.replace(VALUE, (whole, name: string) => (isKnown(name) ? whole : UNKNOWN)),
    values,
    words,
    language,
  );
}

/** Why something was refused that the audit trail keeps. */
export function refusedText(why: Said, words: Words, language: Language): string {
  const { text: detail, code, values } = why;
  const said = { type: '', title: '', status: 0, detail, place: '', remedy: '', findings: [], entry: 0, code, values };
  return refusalText(said, words, language);
}

/** Times by the reader's clock, and the server's own words that only acts name. */
function told(name: string, value: string | number, words: Words, language: Language): string | number {
  if (typeof value === 'number') return value;
  if (name.endsWith('_at') && !Number.isNaN(Date.parse(value))) return moment(value, language);
  const own: Record<string, Partial<Record<string, string>>> = {
    effort: words.planning.efforts,
    policy: words.attempt.policies,
    fault: words.training.faults,
  };
  return own[name]?.[value] ?? value;
}
