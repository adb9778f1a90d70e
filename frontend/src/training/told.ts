/** What the training room says by code and values, in the reader's language; what is not known here stands as it is told. */

import { settings } from '../settings.svelte';
import { slotInWords } from '../ship/hull';
import { ruleName } from '../ship/rule_names';
import { filled } from '../words/refusing';
import type { TrainingAct, TrainingAlarm, TrainingSentence } from '../wire/messages';

type Known = Partial<Record<string, string>>;

function said(known: Known, one: TrainingAlarm | TrainingSentence): string {
  const sentence = known[one.code];
  if (!sentence) return one.text;
  const { slot } = one.values;
  const values = slot ? { ...one.values, slot: slotInWords(Number(slot)) } : one.values;
  return filled(sentence, values, settings.words, settings.language);
}

export function alarmText(alarm: TrainingAlarm): string {
  return said(settings.words.training.alarmSaid, alarm);
}

/** A rule of the training room, or one of the referee's. */
export function brokenText(one: TrainingSentence): string {
  const known: Known = settings.words.training.brokenSaid;
  const rule = ruleName(one.code, settings.words.rules);
  return one.code in known || rule === one.code ? said(known, one) : `${rule}: ${one.values.about ?? ''}`;
}

export function undoneText(one: TrainingSentence): string {
  return said(settings.words.training.undoneSaid, one);
}

/** Why an act was not done. */
export function refusedText(act: TrainingAct): string {
  const known = settings.words.refusals[act.code];
  return known ? filled(known, act.values, settings.words, settings.language) : act.refused;
}

/** Whether it still waits, answered neither in time nor late. */
export function isOpen(alarm: TrainingAlarm): boolean {
  return alarm.answered_ms === null || alarm.answered_ms === undefined;
}
