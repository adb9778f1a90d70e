/** What a rule is called in the reader's language; the referee's own words say the rest. */

import type { Words } from '../words';

/** The rule's code where it has no name here: a judge may be younger than the pages. */
export function ruleName(code: string, rules: Words['rules']): string {
  return (rules as Partial<Record<string, string>>)[code] ?? code;
}
