/** What operations name in their own words, as the reader says it; what is not known here is told as it stands. */

import { clock, duration } from '../format';
import { settings } from '../settings.svelte';
import { slotInWords } from '../ship/hull';
import { room } from '../training/room.svelte';
import { alarmText } from '../training/told';
import type { AlertRow, Event, Lift, Said } from '../wire/messages';
import { stream } from '../wire/stream.svelte';
import { filled, saysText } from '../words/refusing';

type Known = Partial<Record<string, string>>;

/** What somebody waits for. */
export function causeText(cause: string): string {
  return (settings.words.causes as Known)[cause] ?? (settings.words.training.causes as Known)[cause] ?? cause;
}

/** What is done with a box where its move halts next. */
export function stopText(stop: string): string {
  return (settings.words.queues.stops as Known)[stop] ?? stop;
}

/** What a crane does, and from where to where; boxes of a twin lift may go to two places. */
export function liftText(lift: Lift): string {
  const { queues, live } = settings.words;
  const kind = (queues.kinds as Known)[lift.kind] ?? (live.kinds as Known)[lift.kind] ?? lift.kind;
  const way = [lift.sources, lift.targets].map((places) => [...new Set(places)].map(placeText).join(' + '));
  return [kind, lift.lid || way.filter(Boolean).join(' → ')].filter(Boolean).join(' · ');
}

/** A slot as bay, row and tier, places in the yard and trucks as they are called; none is broken over two lines. */
function placeText(place: string): string {
  return (/^\d{7}$/.test(place) ? slotInWords(Number(place)) : place).replaceAll('-', '\u2011');
}

export function alertText(alert: AlertRow): string {
  const words = settings.words.live.alerts;
  if (alert.code === 'machine-out') return words.machineOut(alert.machine, causeText(String(alert.values.cause)));
  const alarm = room.alarms.find((one) => String(one.number) === alert.id);
  if (alarm && alert.code === 'operations') return alarmText(alarm);
  if (settings.words.says[alert.said]) {
    const { since_ms, ...values } = alert.values;
    const since = typeof since_ms === 'number' ? { since_ms: clock(stream.utcMs(since_ms), settings.language) } : {};
    const text = reasonText({ code: alert.said, values: { ...values, ...since }, text: alert.text });
    return alert.machine ? `${alert.machine}: ${text}` : text;
  }
  if (alert.code === 'link-lost') return words.linkLost(alert.machine);
  const crane = stream.quayCranes.get(alert.machine);
  if (alert.code === 'crane-waits' && crane?.waits_for)
    return words.craneWaits(crane.id, duration((stream.nowMs - alert.since_ms) / 1_000), causeText(crane.waits_for));
  const call = stream.calls.get(alert.id.split('/')[1] ?? '');
  if (alert.code === 'call-late' && call) return words.callLate(call.vessel, duration(call.late_ms / 1_000));
  return alert.text;
}

/** What happened, as the replay lists it. */
export function eventText(event: Event): string {
  const known = settings.words.happened[event.kind];
  const why = event.why ? { why: reasonText(event.why) } : {};
  return known ? filled(known, { ...event.values, ...why }, settings.words, settings.language) : event.text;
}

/** Why operations did something. */
export function reasonText(reason: Said): string {
  return saysText(reason, settings.words, settings.language);
}
