/** Alerts that are alike, and that a person need only have seen, stand together. */

import type { AlertRow } from '../wire/messages';

export interface AlertGroup {
  key: string;
  /** At least one, in their order. */
  alerts: AlertRow[];
}

/** As the alerts are ordered; a group stands where its first does. */
export function alertGroups(alerts: readonly AlertRow[]): AlertGroup[] {
  const groups = new Map<string, AlertGroup>();
  for (const alert of alerts) {
    const key = mayBeSeenTogether(alert) ? `${alert.urgency} ${alert.said}` : alert.id;
    const group = groups.get(key);
    if (group) group.alerts.push(alert);
    else groups.set(key, { key, alerts: [alert] });
  }
  return [...groups.values()];
}

function mayBeSeenTogether(alert: AlertRow): boolean {
  return alert.said !== '' && alert.acts.length === 1 && alert.acts[0]?.name === 'see-alert';
}
