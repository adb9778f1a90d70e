/** Why the server did not do something, in the reader's language: by its code, else in the server's own English. */

import { number } from '../format';
import { slotInWords } from '../ship/hull';
import { ruleName } from '../ship/rule_names';
import type { Problem, Said, Task } from '../wire/messages';
import type { Language, Words } from '.';

/** Codes that stand for many things: what the server says beside them tells which. */
const COARSE = ['unusable', 'unreadable', 'http', 'refused'];

/** A place in a file begins with the file's name. */
const IN_FILE = /^(?!(?:body|query|path)\b)[^,\s]+\.\w+(,|$)/;

export function refusalText(problem: Problem, words: Words, language: Language): string {
  const filed = words.filed[problem.code];
  if (filed)
    return [placeInFile(problem.place, words), filled(filed, problem.values, words, language)]
      .filter(Boolean)
      .join(': ');
  const known = words.refusals[problem.code];
  const own = [problem.detail || problem.title, problem.remedy].filter(Boolean).join(' ');
  if (!known) return IN_FILE.test(problem.place) ? `${problem.place}: ${own}` : own;
  if (COARSE.includes(problem.code))
    return [known, problem.place && `${problem.place}:`, own].filter(Boolean).join(' ');
  const [broken] = problem.findings;
  if (broken && problem.values.rule) {
    return filled(known, { ...problem.values, text: findingText(broken, words, language) }, words, language);
  }
  const rules = [...new Set(problem.findings.map((finding) => ruleName(finding.rule, words.rules)))].join(', ');
  return filled(known, problem.values, words, language) + (rules && ` ${rules}`);
}

/** Where something stands in a file of a call: "line 12, column C (weight)", "segment 44". */
export function placeInFile(place: string, words: Words): string {
  return place
    .split(', ')
    .map((part) => {
      const [noun = '', ...rest] = part.split(' ');
      const known = words.places[noun];
      return words.places[part] ?? (known ? [known, ...rest].join(' ') : part);
    })
    .join(', ');
}

/** What the referee or a reader of files found, in the reader's language; what has no word there, and English, as the server says it. */
export function findingText(finding: Said, words: Words, language: Language): string {
  const known = words.found[finding.code] ?? words.filed[finding.code];
  return known ? filled(known, finding.values, words, language) : finding.text;
}

/** A word of the server's own that stands alone, such as a cost, a figure or a phase. */
export function termText(term: string, words: Words): string {
  return words.terms[term] ?? term.replaceAll('_', ' ');
}

/** One line of why a box stands where it stands. */
export function whyText(line: Said, words: Words, language: Language): string {
  const known = words.why[line.code];
  return known ? filled(known, line.values, words, language) : line.text;
}

/** What operations say of themselves, such as why a truck drives there; road trucks that were refused have that word. */
export function saysText(line: Said, words: Words, language: Language): string {
  const known = words.says[line.code] ?? words.refusals[line.code];
  return known ? filled(known, line.values, words, language) : line.text;
}

/** How far planning is, or why it failed. */
export function taskText(task: Task, words: Words, language: Language): string {
  const known = words.tasks[task.code];
  if (task.problem && (task.problem.status < 500 || words.refusals[task.problem.code]))
    return refusalText(task.problem, words, language);
  return known ? filled(known, task.values, words, language) : task.text;
}

export function filled(known: string, values: Problem['values'], words: Words, language: Language): string {
  return known.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    if (name === 'bay' && typeof value === 'number') return String(value).padStart(2, '0');
    return typeof value === 'number' ? number(value, language) : said(name, value, words);
  });
}

/** What a person wrote, and names, stay as they are; words of the server's own are told in the reader's language. */
function said(name: string, value: string, words: Words): string {
  if (name === 'role') return words.roles[value as 'viewer'] ?? value;
  if (name === 'move') return words.live.kinds[value as 'load'] ?? value;
  if (name === 'kind') return words.queues.kinds[value as 'load'] ?? value;
  if (name === 'cause') return (words.causes as Partial<Record<string, string>>)[value] ?? value;
  if (TERMS.includes(name)) return termText(value, words);
  if (name === 'stop') return (words.queues.stops as Partial<Record<string, string>>)[value] ?? value;
  if (name === 'rule') return ruleName(value, words.rules);
  if (/^\d{7}$/.test(value) && SLOTS.includes(name)) return slotInWords(Number(value));
  if (['state', 'what'].includes(name) && words.refusalValues[value]) return words.refusalValues[value];
  return COMPOSED.includes(name) ? inPhrases(value, words) : value;
}

const TERMS = ['link_state', 'order_state', 'policy'];
const SLOTS = ['slot', 'other_slot', 'there', 'planned', 'now'];
/** Values that the referee composes of words of its own; of the others it only hands names and numbers on. */
const COMPOSED = [
  ...[
    'asked',
    'at',
    'bays',
    'box_kind',
    'cargo',
    'cranes',
    'changes',
    'distance',
    'does',
    'done',
    'earliest',
    'ends',
    'goods',
  ],
  ...['goods_there', 'kinds', 'latest', 'moored', 'names', 'now', 'port', 'quay_kind', 'rhythm'],
  ...[
    'there',
    'unmooring',
    'what',
    'where',
    'wish',
    'work',
    'worked',
    'others',
    'part',
    'level',
    'wanted',
    'description',
  ],
];

/** Word by word, the longest first. What a person wrote stands in brackets behind a wish, and stays. */
function inPhrases(value: string, words: Words): string {
  const step = (words.queues.kinds as Partial<Record<string, string>>)[value.toLowerCase()];
  if (step) return step;
  const known = { ...words.phrases, ...words.queues.kinds } as Record<string, string>;
  const parts = Object.keys(known).sort((a, b) => b.length - a.length);
  if (!Object.keys(words.phrases).length) return value;
  const escaped = parts.map((part) => part.replace(/[()]/g, '\\$&'));
  const word = new RegExp(`(?<![\\w-])(?:${escaped.join('|')})(?![\\w-])`, 'g');
  const [own = '', ...reason] = words.phrases[value] ? [value] : value.split(/(?= \((?!UN ))/);
  return (
    own
      .replace(/day (\d+) (\d\d:\d\d)/g, (_, day: string, clock: string) => words.dayClock(day, clock))
      .replace(word, (part) => known[part] ?? part) + reason.join('')
  );
}
