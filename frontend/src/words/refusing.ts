/** Why the server did not do something, in the reader's language: by its code, else in the server's own English. */

import { number } from '../format';
import { ruleName } from '../ship/rule_names';
import type { Problem } from '../wire/messages';
import type { Language, Words } from '.';

/** Codes that stand for many things: what the server says beside them tells which. */
const COARSE = ['unusable', 'unreadable', 'http', 'refused'];

export function refusalText(problem: Problem, words: Words, language: Language): string {
  const known = words.refusals[problem.code];
  const own = [problem.detail || problem.title, problem.remedy].filter(Boolean).join(' ');
  if (!known) return own;
  if (COARSE.includes(problem.code))
    return [known, problem.place && `${problem.place}:`, own].filter(Boolean).join(' ');
  const rules = [...new Set(problem.findings.map((finding) => ruleName(finding.rule, words.rules)))].join(', ');
  return filled(known, problem.values, words, language) + (rules && ` ${rules}`);
}

export function filled(known: string, values: Problem['values'], words: Words, language: Language): string {
  return known.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? number(value, language) : said(name, value, words);
  });
}

/** What a person wrote, and names, stay as they are; words of the server's own are told in the reader's language. */
function said(name: string, value: string, words: Words): string {
  if (name === 'role') return words.roles[value as 'viewer'] ?? value;
  if (name === 'move') return words.live.kinds[value as 'load'] ?? value;
  if (name === 'kind') return words.queues.kinds[value as 'load'] ?? value;
  if (name === 'cause') return (words.causes as Partial<Record<string, string>>)[value] ?? value;
  if (name === 'rule') return ruleName(value, words.rules);
  return ['state', 'what'].includes(name) ? (words.refusalValues[value] ?? value) : value;
}
