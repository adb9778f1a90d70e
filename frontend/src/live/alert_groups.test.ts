import { expect, it } from 'vitest';
import type { AlertRow } from '../wire/messages';
import { alertGroups } from './alert_groups';

function alert(id: string, said: string, act = 'see-alert', urgency = 2): AlertRow {
  const acts = [{ name: act, body: {} }];
  return { id, code: 'operations', urgency, text: '', machine: '', since_ms: 0, seen_by: '', acts, said, values: {} };
}

it('keeps alike alerts together where the first of them stands', () => {
  const groups = alertGroups([alert('1', 'late'), alert('2', 'lost'), alert('3', 'late'), alert('4', 'late')]);
  expect(groups.map((group) => group.alerts.map((one) => one.id))).toEqual([['1', '3', '4'], ['2']]);
});

it('leaves alone what has no word, another urgency, or more to be done about it', () => {
  const alerts = [alert('1', ''), alert('2', ''), alert('3', 'out', 'put-back'), alert('4', 'out', 'put-back')];
  expect(alertGroups(alerts)).toHaveLength(4);
  expect(alertGroups([alert('1', 'late'), alert('2', 'late', 'see-alert', 1)])).toHaveLength(2);
});
