/** The ships in the picture: those at the quay with what is aboard now, or the one of a plan as she sails. */

import { Aboard } from '../ship/cargo';
import { Hull } from '../ship/hull';
import { Palette } from '../ship/paint';
import { door } from '../wire/http';
import type { LiveShip, Plan, Vessel } from '../wire/messages';
import { ShipSpace, type Placing } from './placing';
import type { Painted } from './scene';

export interface ShipPicture {
  body: Placing;
  boxes: Painted[];
}

export async function shipOfPlan(id: string): Promise<ShipPicture> {
  const [plan, hull] = await planAndHull(id);
  return picture(plan, hull, plan, new Aboard(hull, plan, 'departure'));
}

export async function shipAtQuay(call: string): Promise<ShipPicture | null> {
  const ship = await door.get<LiveShip>(`live/ship/${encodeURIComponent(call)}`);
  if (!ship.plan) return null;
  const [plan, hull] = await planAndHull(ship.plan);
  const slots = new Map(ship.id.map((box, at) => [box, ship.slot[at] ?? 0]));
  const now = plan.boxes.id.map((box) => slots.get(box) ?? 0);
  return picture(plan, hull, ship, new Aboard(hull, plan, 'now', now));
}

async function planAndHull(id: string): Promise<[Plan, Hull]> {
  const path = `plans/${encodeURIComponent(id)}`;
  const [plan, vessel] = await Promise.all([door.get<Plan>(path), door.get<Vessel>(`${path}/vessel`)]);
  return [plan, new Hull(vessel)];
}

function picture(
  plan: Plan,
  hull: Hull,
  at: { berth_x_mm: number; bow_towards_x: boolean },
  aboard: Aboard,
): ShipPicture {
  const space = new ShipSpace(hull, { berthXMm: at.berth_x_mm, bowTowardsX: at.bow_towards_x });
  const palette = new Palette(plan);
  const boxes = hull.bays.flatMap((bay) =>
    aboard.in(bay.index).map((placed) => ({
      ...space.place(placed, plan.boxes.id[placed.box] ?? ''),
      fill: palette.of(placed.box, 'port').fill,
    })),
  );
  return { body: space.body, boxes };
}
