// Made by scripts/types.mjs; change the server's messages, not this.
// schema b970aa6ac75b9d0112fdf0332e51665eb400cf12348fc63d4d35f5b1b62a1133
// types c0543847da2d9db2fadcd3ea12ff21b3547b70d5c210a61b0dd36751ac63ef72

/**
 * An action by name, and the body it is called with.
 *
 */
export interface Act {
  name: string;
  body: {
    [k: string]: string | number | boolean;
  };
}
export interface AddNote {
  /**
   * A person's reason.
   */
  text: string;
}
/**
 * `urgency`: 1 now, 2 soon, 3 worth knowing. `acts` are actions that may resolve it, with what they need.
 *
 *     `said` and `values` tell in any language what operations alert to ("" where it has no word); `text` is English.
 *
 */
export interface AlertRow {
  id: string;
  code: string;
  urgency: number;
  text: string;
  machine: string;
  /**
   * Milliseconds since the run began.
   */
  since_ms: number;
  seen_by: string;
  acts: Act[];
  said: string;
  values: {
    [k: string]: string | number;
  };
}
export interface Alternative {
  /**
   * Stow position BBBRRTT as a number; 0 is none.
   */
  slot: number;
  /**
   * Minutes a planner would pay.
   */
  minutes: number;
  terms: {
    [k: string]: number;
  };
  exchange_with: string;
  forbidden: FindingRow[];
  edit:
    | MoveEdit
    | ExchangeEdit
    | AshoreEdit
    | StayEdit
    | SeveralEdit
    | PinEdit
    | ForbidEdit
    | KeepEdit
    | CraneEdit
    | OrderEdit
    | WithdrawEdit
    | HandOverEdit
    | ReorderEdit
    | WaiveEdit;
}
/**
 * A broken rule or oddity; `waived_by` is who answers for it, with the reason.
 *
 *     `text` is English; `code` and `values` say it in another language, where it has a word: docs/reference/findings.md.
 *
 */
export interface FindingRow {
  rule: string;
  severity: string;
  text: string;
  place: string;
  container: string;
  cause: string;
  waived_by: string;
  code: string;
  values: {
    [k: string]: string | number;
  };
}
export interface MoveEdit {
  kind: 'move';
  /**
   * Container number.
   */
  container: string;
  /**
   * Stow position BBBRRTT (ISO 9711).
   */
  to: string;
}
export interface ExchangeEdit {
  kind: 'exchange';
  /**
   * Container number.
   */
  one: string;
  /**
   * Container number.
   */
  other: string;
}
export interface AshoreEdit {
  kind: 'ashore';
  /**
   * Container number.
   */
  container: string;
  /**
   * A person's reason.
   */
  reason: string;
}
/**
 * A box aboard is not restowed after all.
 *
 */
export interface StayEdit {
  kind: 'stay';
  /**
   * Container number.
   */
  container: string;
}
/**
 * Slots of several boxes changed together: a box may go where another of them stood, and each is named once.
 *
 */
export interface SeveralEdit {
  kind: 'several';
  edits: (MoveEdit | ExchangeEdit | AshoreEdit | StayEdit)[];
}
/**
 * A box stands in this slot, or in this part of the ship, whatever is planned from now on.
 *
 */
export interface PinEdit {
  kind: 'pin';
  /**
   * Container number.
   */
  container: string;
  /**
   * "0020482", "bay 02", "bay 02 row 04 hold", "lid 02P", "on lid 02P"; as work a box too.
   */
  to: string;
  reason: string;
}
/**
 * None of these boxes is put there; nothing said of boxes is all.
 *
 */
export interface ForbidEdit {
  kind: 'forbid';
  /**
   * "0020482", "bay 02", "bay 02 row 04 hold", "lid 02P", "on lid 02P"; as work a box too.
   */
  place: string;
  container: string;
  pod: string;
  operator: string;
  length_ft?: number | null;
  reefers: boolean;
  dangerous: boolean;
  reason: string;
}
/**
 * What the plan has in this part of the ship stays there as it is.
 *
 */
export interface KeepEdit {
  kind: 'keep';
  /**
   * "0020482", "bay 02", "bay 02 row 04 hold", "lid 02P", "on lid 02P"; as work a box too.
   */
  place: string;
  reason: string;
}
/**
 * A box or part of the ship is worked by this crane only, or (`only` false) not by it.
 *
 */
export interface CraneEdit {
  kind: 'crane';
  crane: string;
  /**
   * "0020482", "bay 02", "bay 02 row 04 hold", "lid 02P", "on lid 02P"; as work a box too.
   */
  work: string;
  only: boolean;
  reason: string;
}
/**
 * A box or part of the ship is worked before another.
 *
 */
export interface OrderEdit {
  kind: 'order';
  /**
   * "0020482", "bay 02", "bay 02 row 04 hold", "lid 02P", "on lid 02P"; as work a box too.
   */
  first: string;
  /**
   * "0020482", "bay 02", "bay 02 row 04 hold", "lid 02P", "on lid 02P"; as work a box too.
   */
  then: string;
  reason: string;
}
/**
 * The wish at this place of `Plan.pins` is asked no more.
 *
 */
export interface WithdrawEdit {
  kind: 'withdraw';
  /**
   * Of a row in the columns that it is about.
   */
  at: number;
}
/**
 * A block of a crane's work goes to another crane; blocks are those of `Plan.blocks`.
 *
 */
export interface HandOverEdit {
  kind: 'hand-over';
  crane: string;
  /**
   * Counts the blocks of a crane to come, from 1.
   */
  block: number;
  to: string;
}
/**
 * A block of a crane's work is done before another of its blocks; one more than it has is the end.
 *
 */
export interface ReorderEdit {
  kind: 'reorder';
  crane: string;
  /**
   * Counts the blocks of a crane to come, from 1.
   */
  block: number;
  /**
   * Counts the blocks of a crane to come, from 1.
   */
  before: number;
}
/**
 * A person answers for findings of a rule that stay, at one place or of one box where that is said.
 *
 */
export interface WaiveEdit {
  kind: 'waive';
  rule: string;
  /**
   * A person's reason.
   */
  reason: string;
  place: string;
  container: string;
}
/**
 * `revision` is that of the plan it was thought out on; "" takes it on whatever the plan is.
 *
 */
export interface AskEdit {
  edit:
    | MoveEdit
    | ExchangeEdit
    | AshoreEdit
    | StayEdit
    | SeveralEdit
    | PinEdit
    | ForbidEdit
    | KeepEdit
    | CraneEdit
    | OrderEdit
    | WithdrawEdit
    | HandOverEdit
    | ReorderEdit
    | WaiveEdit;
  revision: string;
}
/**
 * Plan the call anew. `name` puts it beside the others, as CALL-plan-NAME; "" in place of CALL-plan.
 *
 *     `keep` is the id of a plan whose boxes keep their slots but for `changes` of them.
 *
 */
export interface AskPlan {
  effort: string;
  seed: number;
  seconds?: number | null;
  name: string;
  preset: string;
  keep: string;
  changes: number;
  drop_impossible_wishes: boolean;
}
export interface AskPrice {
  edit:
    | MoveEdit
    | ExchangeEdit
    | AshoreEdit
    | StayEdit
    | SeveralEdit
    | PinEdit
    | ForbidEdit
    | KeepEdit
    | CraneEdit
    | OrderEdit
    | WithdrawEdit
    | HandOverEdit
    | ReorderEdit
    | WaiveEdit;
}
/**
 * Plan anew from `now_s`, when all up to then went as planned (None: as it stood the last time); little changes.
 *     With `from_work` it is from how work stands at the terminal, which can be given what comes of it.
 *
 *     With `selection` boxes are chosen anew and nothing else may be asked. `changes` and `moves` are how many boxes may
 *     get another slot, and another crane. What comes of it is a proposal, to be taken or dropped.
 *
 */
export interface AskReplan {
  now_s?: number | null;
  from_work: boolean;
  late: LateBox[];
  /**
   * Items: Container number.
   */
  shut_out: string[];
  found: FoundBox[];
  cranes_out: CraneOut[];
  refused: RefusedSlot[];
  selection?: ChosenAnew | null;
  changes?: number | null;
  moves?: number | null;
  seed: number;
}
/**
 * A load that is not there before.
 *
 */
export interface LateBox {
  /**
   * Container number.
   */
  box: string;
  /**
   * Seconds after the start of the call.
   */
  ready_s: number;
}
/**
 * A box that stands elsewhere in the yard than was thought: block-bay-row-tier.
 *
 */
export interface FoundBox {
  /**
   * Container number.
   */
  box: string;
  place: string;
}
/**
 * A quay crane is out of service from now on; None is for the rest of the call.
 *
 */
export interface CraneOut {
  crane: string;
  until_s?: number | null;
}
/**
 * The chief officer will not have a box there.
 *
 */
export interface RefusedSlot {
  /**
   * Container number.
   */
  box: string;
  /**
   * Stow position BBBRRTT (ISO 9711).
   */
  slot: string;
}
/**
 * Loads for which one of these holds change places among their own slots; all else stays.
 *
 */
export interface ChosenAnew {
  /**
   * Items: "0020482", "bay 02", "bay 02 row 04 hold", "lid 02P", "on lid 02P"; as work a box too.
   */
  parts: string[];
  pods: string[];
  cranes: string[];
  /**
   * Items: Container number.
   */
  boxes: string[];
}
/**
 * Undo or redo.
 *
 */
export interface AskStep {
  revision: string;
}
/**
 * What is to be tried on a copy of the terminal as it stands: all that is not named stays as it is.
 *
 *     `crane` is out of service from the beginning for `crane_h`; where `shares` is set the others are given its work.
 *     `trucks` are more or fewer than now. `policy` is a named way to run the trucks. The plan `ship` is worked from
 *     `ship_in_h` on if she is on time, and `ship_late_h` later with the change.
 *
 */
export interface AskTry {
  hours: number;
  seed: number;
  crane: string;
  crane_h: number;
  shares: boolean;
  trucks: number;
  policy: string;
  ship: string;
  ship_in_h: number;
  ship_late_h: number;
}
/**
 * Newest first; `next_before` continues, 0 when there is no more.
 *
 */
export interface AuditPage {
  rows: AuditRow[];
  next_before: number;
  actions: string[];
  users: string[];
}
/**
 * An act: who, from where, what, on what, and how it ended. `entry` is that of the journal, 0 for none.
 *
 *     `did` says the act and `why` what refused it, in English and by a word and values for other languages
 *     (docs/reference/acts.md, refusals.md); None of what was written down before there were such words.
 *
 */
export interface AuditRow {
  number: number;
  /**
   * Time in UTC, ISO 8601.
   */
  at: string;
  user: string;
  role: string;
  way: string;
  address: string;
  action: string;
  target: string;
  outcome: string;
  reason: string;
  entry: number;
  did?: Said | null;
  why?: Said | null;
}
/**
 * A sentence in English, and what says it in other languages.
 *
 */
export interface Said {
  text: string;
  code: string;
  values: {
    [k: string]: string | number;
  };
}
/**
 * Columns, from the bow: `fore` and `aft` are numbers of 20 ft bays, 0 for none.
 *
 */
export interface Bays {
  number: number[];
  fore: number[];
  aft: number[];
}
/**
 * Without a `seed` the scenario's own counts. `from_h` begins it not from its own start but from how this server's
 *     terminal stood so many hours after its journal began.
 *
 */
export interface BeginTraining {
  scenario: string;
  from_h?: number | null;
  seed?: number | null;
}
export interface Berth {
  id: string;
  /**
   * Millimetres.
   */
  from_mm: number;
  /**
   * Millimetres.
   */
  until_mm: number;
}
/**
 * How a ship's stay differs from the plan: later and to the right are positive. `kind`: new, dropped, moved,
 *     cranes.
 *
 */
export interface BerthChangeRow {
  ship: string;
  kind: string;
  start_shift_min: number;
  end_shift_min: number;
  position_shift_mm: number;
}
/**
 * Who lies where and when, what the referee finds, and what it costs: money by component, and hours.
 *
 */
export interface BerthChoice {
  stays: BerthStay[];
  left_out: BerthLeftOut[];
  findings: FindingRow[];
  costs: {
    [k: string]: number;
  };
  hours: {
    [k: string]: number;
  };
}
/**
 * From the first line fast to the last line off; her left end, seen from land.
 *
 */
export interface BerthStay {
  ship: string;
  /**
   * Millimetres.
   */
  position_mm: number;
  /**
   * Minutes since the plan's beginning.
   */
  start_min: number;
  /**
   * Minutes since the plan's beginning.
   */
  end_min: number;
  work: CraneWork[];
}
export interface CraneWork {
  /**
   * Minutes since the plan's beginning.
   */
  from_min: number;
  /**
   * Minutes since the plan's beginning.
   */
  until_min: number;
  cranes: number;
  crane_ids: string[];
}
/**
 * A ship without a berth, and why: English, and what says it in other languages, where it has a word.
 *
 */
export interface BerthLeftOut {
  ship: string;
  rule: string;
  text: string;
  code: string;
  values: {
    [k: string]: string | number;
  };
}
/**
 * A quay crane, the rail it reaches and when it is out.
 *
 */
export interface BerthCrane {
  id: string;
  /**
   * Millimetres.
   */
  from_mm: number;
  /**
   * Millimetres.
   */
  until_mm: number;
  outages: MinuteSpell[];
}
export interface MinuteSpell {
  /**
   * Minutes since the plan's beginning.
   */
  from_min: number;
  /**
   * Minutes since the plan's beginning.
   */
  until_min: number;
}
/**
 * What stays the same whatever is planned. The tide is heights above chart datum, straight between.
 *
 */
export interface BerthGround {
  name: string;
  beginning: string;
  /**
   * Millimetres.
   */
  length_mm: number;
  layout: string;
  sections: BerthStretch[];
  cranes: BerthCrane[];
  ships: BerthShip[];
  tide_min: number[];
  tide_mm: number[];
  gusts: Gusts[];
  crane_wind_limit_kn: number | null;
  channel_depth_mm: number | null;
  /**
   * Millimetres.
   */
  clearance_mm: number;
  step_min: number;
  /**
   * Millimetres.
   */
  position_step_mm: number;
  /**
   * Minutes since the plan's beginning.
   */
  horizon_min: number;
  /**
   * Minutes since the plan's beginning.
   */
  now_min: number;
  /**
   * Minutes since the plan's beginning.
   */
  frozen_until_min: number;
  currency: string;
}
/**
 * A stretch of quay of one depth below chart datum.
 *
 */
export interface BerthStretch {
  name: string;
  /**
   * Millimetres.
   */
  from_mm: number;
  /**
   * Millimetres.
   */
  until_mm: number;
  /**
   * Millimetres.
   */
  depth_mm: number;
  kind: string;
}
/**
 * A ship that wants the quay. None is that nobody asks for it.
 *
 */
export interface BerthShip {
  id: string;
  name: string;
  service: string;
  /**
   * Millimetres.
   */
  length_mm: number;
  /**
   * Millimetres.
   */
  draught_mm: number;
  /**
   * Minutes since the plan's beginning.
   */
  planned_min: number;
  /**
   * Minutes since the plan's beginning.
   */
  earliest_min: number;
  spread_min: number;
  window: MinuteSpell | null;
  wanted_mm: number | null;
  wanted_finish_min: number | null;
  latest_departure_min: number | null;
  min_cranes: number;
  max_cranes: number;
  priority: number;
  is_begun: boolean;
  is_frozen: boolean;
}
export interface Gusts {
  /**
   * Minutes since the plan's beginning.
   */
  from_min: number;
  /**
   * Minutes since the plan's beginning.
   */
  until_min: number;
  gust_kn: number;
}
export interface BerthLogRow {
  by: string;
  /**
   * Time in UTC, ISO 8601.
   */
  at: string;
  what: string;
  counts: boolean;
  code: string;
  values: {
    [k: string]: string | number;
  };
}
/**
 * A ship where and when a person wants her; brought to the steps of the case.
 *
 */
export interface BerthMove {
  ship: string;
  position_mm: number;
  start_min: number;
}
/**
 * A berth plan. `bound` is what no plan can cost less than, None where nobody knows or somebody changed it.
 *
 */
export interface BerthPlanPage {
  id: string;
  revision: string;
  ground: BerthGround;
  choice: BerthChoice;
  bound: number | null;
  stopped: string;
  log: BerthLogRow[];
  can_undo: boolean;
  can_redo: boolean;
}
/**
 * A folder with a berth case. `problem` says why it cannot be used, "" when it can.
 *
 */
export interface BerthRow {
  id: string;
  name: string;
  beginning: string;
  ships: number;
  has_plan: boolean;
  plan: string;
  problem: string;
  /**
   * Time in UTC, ISO 8601.
   */
  changed_at: string;
}
/**
 * Nothing is changed yet. `trial` names it for who commits it; `forbidden` is why that would be refused.
 *
 *     `costs_before` are those of the plan as it is, reckoned alike.
 *
 */
export interface BerthTrial {
  trial: string;
  revision: string;
  choice: BerthChoice;
  costs_before: {
    [k: string]: number;
  };
  changes: BerthChangeRow[];
  forbidden: string;
  stopped: string;
  broken?: FindingRow | null;
}
export interface Berths {
  berths: BerthRow[];
}
/**
 * A yard block; `x_mm` and `y_mm` are the corner of bay 1, row 1. Bays are odd: 1, 3, 5 ...
 *
 */
export interface Block {
  id: string;
  bays: number;
  rows: number;
  tiers: number;
  /**
   * Millimetres.
   */
  x_mm: number;
  /**
   * Millimetres.
   */
  y_mm: number;
  /**
   * Millimetres.
   */
  bay_pitch_mm: number;
  /**
   * Millimetres.
   */
  row_pitch_mm: number;
  bays_along_quay: boolean;
  plug_bays: number[];
}
/**
 * A stretch of a crane's work in one bay, or in several that a lid ties together; `what` is boxes or lids by kind
 *     of step.
 *
 */
export interface BlockRow {
  crane: string;
  block: number;
  bays: number[];
  start_s: number;
  end_s: number;
  what: {
    [k: string]: number;
  };
}
/**
 * As in `LaneUse`.
 *
 */
export interface BookedSegment {
  segment: string;
  kind: string;
  /**
   * Milliseconds since the run began.
   */
  enter_ms: number;
  /**
   * Milliseconds since the run began.
   */
  leave_ms: number;
  is_leased: boolean;
}
export interface Bound {
  name: string;
  reached: number;
  bound: number | null;
  unit: string;
  note: Said;
}
export interface BoxKind {
  size_type: string;
  length_ft: number;
  /**
   * Millimetres.
   */
  height_mm: number;
  kind: string;
}
/**
 * One box: where it is, what is to happen to it, and what has, newest last, in sentences with times.
 *
 */
export interface BoxPage {
  id: string;
  place: string;
  length_ft: number;
  mass_kg: number;
  move: string;
  over: string[];
  plan: string;
  slot: number;
}
/**
 * Where boxes are now, in columns: "B03-5-2-1", "CALL/0020482", "T07/fore"; "" has left.
 *
 */
export interface BoxPlaces {
  id: string[];
  place: string[];
}
/**
 * Columns of all boxes of a call, aboard and to be loaded.
 *
 *     `kind` indexes `kinds`; `pol` and `pod` index `ports`; `operator` indexes `operators`. `flags`: 1 on the load list,
 *     2 discharged here, 4 lifted and put back (a restow), 8 needs a plug, 16 dangerous, 32 out of gauge, 64 empty,
 *     128 mass not verified, 256 high cube, 512 held, 1024 pinned, 2048 left ashore.
 *
 */
export interface Boxes {
  id: string[];
  kind: number[];
  pol: number[];
  pod: number[];
  operator: number[];
  mass_kg: number[];
  flags: number[];
  yard: string[];
  kinds: BoxKind[];
  ports: string[];
  operators: string[];
  reefers: ReeferBox[];
  dangerous: DangerousBox[];
  out_of_gauge: GaugeBox[];
  held: HeldBox[];
}
export interface ReeferBox {
  /**
   * Of a row in the columns that it is about.
   */
  box: number;
  set_point_tenth_c: number;
}
export interface DangerousBox {
  /**
   * Of a row in the columns that it is about.
   */
  box: number;
  goods: string[];
}
export interface GaugeBox {
  /**
   * Of a row in the columns that it is about.
   */
  box: number;
  /**
   * Millimetres.
   */
  front_mm: number;
  /**
   * Millimetres.
   */
  back_mm: number;
  /**
   * Millimetres.
   */
  port_mm: number;
  /**
   * Millimetres.
   */
  starboard_mm: number;
  /**
   * Millimetres.
   */
  over_height_mm: number;
}
export interface HeldBox {
  /**
   * Of a row in the columns that it is about.
   */
  box: number;
  holds: string[];
}
/**
 * Another session goes on from a snapshot.
 *
 */
export interface BranchOff {
  snapshot: string;
}
/**
 * A call in the span: moves by gross berth hours. `makespan_h` is to the last work so far.
 *
 */
export interface CallReport {
  call: string;
  vessel: string;
  voyage: string;
  moves: number;
  planned_moves: number;
  berth_h: number;
  berth_productivity: number | null;
  makespan_h: number;
  planned_makespan_h: number;
  is_done: boolean;
}
/**
 * A ship at the quay. `late_ms` is how far the work is behind its plan, below 0 ahead of it.
 *
 */
export interface CallRow {
  id: string;
  vessel: string;
  voyage: string;
  plan: string;
  /**
   * Millimetres.
   */
  berth_x_mm: number;
  bow_towards_x: boolean;
  /**
   * Millimetres.
   */
  length_mm: number;
  done: number;
  total: number;
  done_boxes: number;
  total_boxes: number;
  /**
   * Milliseconds since the run began.
   */
  began_ms: number;
  /**
   * Milliseconds since the run began.
   */
  planned_end_ms: number;
  /**
   * Milliseconds since the run began.
   */
  expected_end_ms: number;
  late_ms: number;
  splits: number;
}
/**
 * Columns; `stack` indexes `Stacks`, bottom first.
 *
 *     `flags`: 1 takes 20 ft fore, 2 takes 20 ft aft, 4 takes 40 ft, 8 takes 45 ft, 16 plug fore, 32 plug aft.
 *
 */
export interface Cells {
  stack: number[];
  tier: number[];
  flags: number[];
}
export interface ChangeRow {
  /**
   * Of a row in the columns that it is about.
   */
  box: number;
  /**
   * Stow position BBBRRTT as a number; 0 is none.
   */
  was: number;
  /**
   * Stow position BBBRRTT as a number; 0 is none.
   */
  now: number;
  why: string;
}
/**
 * What is another than in the message before; rows replace those of the same id, `gone` names ids that ended.
 *
 */
export interface Changes {
  kind: 'changes';
  number: number;
  /**
   * Milliseconds since the run began.
   */
  now_ms: number;
  speed?: number | null;
  problem?: string | null;
  calls?: CallRow[] | null;
  trucks?: TruckRow[] | null;
  quay_cranes?: QuayCraneRow[] | null;
  yard_cranes?: YardCraneRow[] | null;
  moves?: MoveRow[] | null;
  links?: LinkRow[] | null;
  alerts?: AlertRow[] | null;
  positions?: Positions | null;
  boxes?: BoxPlaces | null;
  figures?: LiveFigures | null;
  at_gate?: string[] | null;
  tasks?: Task[] | null;
  gone?: string[] | null;
  reload?: string[] | null;
}
/**
 * `state`: idle, driving, waiting, charging, low, towed, out. `charge` is a share of its battery.
 *
 */
export interface TruckRow {
  id: string;
  state: string;
  stand: string;
  /**
   * Milliseconds since the run began.
   */
  arrives_ms: number;
  move: string;
  boxes: string[];
  charge: number | null;
  is_visitor: boolean;
  out?: Out | null;
}
/**
 * Out of service: since when, why, and when it is expected back (0: nobody said).
 *
 */
export interface Out {
  /**
   * Milliseconds since the run began.
   */
  since_ms: number;
  cause: string;
  /**
   * Milliseconds since the run began.
   */
  back_ms: number;
}
/**
 * `state`: idle, working, waiting, held, out. Of the queue's `steps` `done` are done, trucks go to `released`.
 *
 */
export interface QuayCraneRow {
  id: string;
  state: string;
  call: string;
  done: number;
  released: number;
  steps: number;
  job: string;
  boxes: string[];
  waits_for: string;
  /**
   * Milliseconds since the run began.
   */
  waits_since_ms: number;
  is_held: boolean;
  out?: Out | null;
  lift?: Lift | null;
}
/**
 * What a crane is at: `kind` as of a step or a move, "" where it is for none; where each box comes from and is set
 *     down, as a slot (BBBRRTT), a place in the yard or a truck; or the lid.
 *
 */
export interface Lift {
  kind: string;
  sources: string[];
  targets: string[];
  lid: string;
}
/**
 * `state`: idle, working, out.
 *
 */
export interface YardCraneRow {
  id: string;
  block: string;
  state: string;
  job: string;
  box: string;
  out?: Out | null;
  lift?: Lift | null;
}
export interface MoveRow {
  id: string;
  kind: string;
  boxes: string[];
  truck: string;
  queue: string;
  step: number;
  next_stop: string;
  /**
   * Milliseconds since the run began.
   */
  due_ms: number;
  note: string;
}
export interface LinkRow {
  name: string;
  is_connected: boolean;
  /**
   * Milliseconds since the run began.
   */
  seen_ms: number;
}
/**
 * Where machines are on the ground, in columns; `heading_mrad` counter-clockwise from the x axis.
 *
 */
export interface Positions {
  id: string[];
  x_mm: number[];
  y_mm: number[];
  heading_mrad: number[];
}
/**
 * Since the run began. Shares are of time; None is that nothing was done yet.
 *
 */
export interface LiveFigures {
  moves: number;
  moves_last_hour: number;
  gmph: number | null;
  planned_gmph: number | null;
  crane_waiting_share: number | null;
  waiting_ms_by_cause: {
    [k: string]: number;
  };
  rehandles: number;
  rehandle_ratio: number | null;
  truck_turn_ms: number | null;
  kwh: number;
  kwh_per_move: number | null;
  yard_fill: number;
  visitors_inside: number;
  visitors_waiting: number;
}
/**
 * Planning in a process of its own. `state`: waiting, running, done, stopped, failed.
 *
 */
export interface Task {
  id: string;
  plan: string;
  what: string;
  state: string;
  phase: string;
  share: number | null;
  text: string;
  by: string;
  /**
   * Time in UTC, ISO 8601.
   */
  since: string;
  /**
   * Time in UTC, ISO 8601.
   */
  until: string;
  pid: number;
  code: string;
  values: {
    [k: string]: string | number;
  };
  problem?: Problem | null;
}
/**
 * Why something was not done (RFC 9457). `detail` is a sentence, `remedy` what to do, `place` where it stands.
 *
 *     `code` is the finest word for it that stays, and `values` what the sentence names, so that it can be said in another
 *     language: docs/reference/refusals.md.
 *
 */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  place: string;
  remedy: string;
  findings: FindingRow[];
  entry: number;
  code: string;
  values: {
    [k: string]: string | number;
  };
}
/**
 * The terminal works a call by this plan from now on.
 *
 */
export interface Commit {
  plan: string;
  revision: string;
}
/**
 * Two plans of one call, figure by figure: [name, one, other].
 *
 */
export interface Comparison {
  one: string;
  other: string;
  boxes: Difference[];
  figures: [string, number, number][];
  costs_min: [string, number, number][];
}
/**
 * A box that stands elsewhere in the other plan; 0 is ashore.
 *
 */
export interface Difference {
  box: string;
  /**
   * Stow position BBBRRTT as a number; 0 is none.
   */
  one: number;
  /**
   * Stow position BBBRRTT as a number; 0 is none.
   */
  other: number;
}
/**
 * From first steps to a bad night.
 *
 */
export interface Course {
  scenarios: TrainingScenario[];
}
/**
 * `role` and `faults` are words of the scenario's format.
 *
 */
export interface TrainingScenario {
  id: string;
  level: number;
  role: string;
  minutes: number;
  title: Texts;
  teaches: Texts;
  goals: Texts[];
  faults: string[];
}
/**
 * One text in every language.
 *
 */
export interface Texts {
  es: string;
  en: string;
  zh: string;
}
export interface Crane {
  crane: string;
}
/**
 * A quay crane at a call. `gmph` is gross moves by the hours from its first work to its last, of those that lie in
 *     the span; None for no hours.
 *
 */
export interface CraneFigures {
  crane: string;
  call: string;
  moves: number;
  lids: number;
  hours: number;
  gmph: number | null;
  waiting_share: number | null;
  waiting: Waiting[];
}
/**
 * Waiting of quay cranes for one cause; `share` is of their time from berthing, or the span's beginning, on.
 *
 */
export interface Waiting {
  cause: string;
  ms: number;
  share: number;
}
/**
 * A quay crane's steps in columns, in order; `done` of them are done, trucks go to the first `released`.
 *
 *     `kind` is that of `domain.work.StepKind`. Seconds count from `started_ms`; they are planned, and stay as they were
 *     planned when the work is late. `boxes` has up to two container numbers (fore, aft), `slot` where each stands aboard.
 *
 */
export interface CraneQueue {
  crane: string;
  call: string;
  held: string;
  /**
   * Milliseconds since the run began.
   */
  started_ms: number;
  done: number;
  released: number;
  kind: string[];
  bay: number[];
  start_s: number[];
  end_s: number[];
  boxes: string[][];
  slot: number[][];
  lid: string[];
}
/**
 * The ship afloat; lists have a value for each of the vessel's stations.
 *
 */
export interface Curve {
  /**
   * Kilograms.
   */
  cargo_kg: number;
  /**
   * Kilograms.
   */
  displacement_kg: number;
  lcg_mm: number | null;
  tcg_mm: number | null;
  vcg_mm: number | null;
  gm_mm: number | null;
  draught_mm: number | null;
  trim_mm: number | null;
  list_mdeg: number | null;
  shear_kg: number[];
  bending_kg_m: number[];
  not_judged: Said[];
}
/**
 * It was done. `entry` is the journal's number, 0 where none was written.
 *
 */
export interface Done {
  entry: number;
  text: string;
}
/**
 * One entry of the run log as a sentence of the trade. `values` are what it names, the same for each `kind`.
 *
 *     `why` is the reason that operations gave; null where a person did, or nobody.
 *
 */
export interface Event {
  number: number;
  /**
   * Milliseconds since the run began.
   */
  at_ms: number;
  kind: string;
  text: string;
  machine: string;
  values: {
    [k: string]: string | number;
  };
  why?: Said | null;
}
/**
 * The latest, oldest first.
 *
 */
export interface Events {
  events: Event[];
}
/**
 * When a machine that is out of service will be back: at a time of the run.
 *
 */
export interface ExpectBack {
  machine: string;
  back_ms: number;
}
/**
 * A stretch of the past: how everything stood at its beginning, then what changed every `every_ms`, as the stream
 *     tells it. `events` are its sentences.
 *
 */
export interface Film {
  /**
   * Milliseconds since the run began.
   */
  from_ms: number;
  /**
   * Milliseconds since the run began.
   */
  until_ms: number;
  every_ms: number;
  snapshot: Snapshot;
  changes: Changes[];
  events: Event[];
}
/**
 * How everything stands. Boxes in the yard and aboard are asked for beside (`/live/yard`, `/live/ship`).
 *
 */
export interface Snapshot {
  kind: 'snapshot';
  number: number;
  mode: string;
  /**
   * Milliseconds since the run began.
   */
  now_ms: number;
  zero_utc_ms: number;
  speed: number;
  problem: string;
  calls: CallRow[];
  trucks: TruckRow[];
  quay_cranes: QuayCraneRow[];
  yard_cranes: YardCraneRow[];
  moves: MoveRow[];
  links: LinkRow[];
  alerts: AlertRow[];
  positions: Positions;
  figures: LiveFigures;
  at_gate: string[];
  tasks: Task[];
}
/**
 * What `crane` has still to do over a bay, and over bays that a lid ties to it, is for the crane `to`.
 *
 */
export interface GiveBay {
  crane: string;
  bay: number;
  to: string;
  /**
   * A person's reason.
   */
  reason: string;
}
/**
 * All sessions of the user end.
 *
 */
export interface GivenPassword {
  password: string;
}
export interface GivenRole {
  role: string;
}
/**
 * Times as fast as in reality; 0 is a pause.
 *
 */
export interface GoAt {
  speed: number;
}
/**
 * x runs along the quay, y inland from its edge. `digest` names this state of it.
 *
 */
export interface Ground {
  digest: string;
  name: string;
  terminal: string;
  port: string;
  source: string;
  /**
   * Millimetres.
   */
  quay_length_mm: number;
  rails: QuayRails;
  berths: Berth[];
  blocks: Block[];
  runways: RunwayRow[];
  lanes: Lanes;
  quay_cranes: QuayCranePlace[];
  /**
   * Millimetres.
   */
  truck_length_mm: number;
}
export interface QuayRails {
  /**
   * Millimetres.
   */
  from_mm: number;
  /**
   * Millimetres.
   */
  until_mm: number;
  /**
   * Millimetres.
   */
  waterside_mm: number;
  /**
   * Millimetres.
   */
  gauge_mm: number;
  /**
   * Millimetres.
   */
  crane_width_mm: number;
  /**
   * Millimetres.
   */
  back_reach_mm: number;
}
/**
 * The rails of a block's cranes, from the outer edge of bay 1.
 *
 */
export interface RunwayRow {
  block: string;
  /**
   * Millimetres.
   */
  from_mm: number;
  /**
   * Millimetres.
   */
  until_mm: number;
  /**
   * Millimetres.
   */
  crane_length_mm: number;
  /**
   * Millimetres.
   */
  reach_mm: number;
  cranes: string[];
}
/**
 * Segments in columns. `points` is how each runs over the ground: x, y, x, y ... in mm.
 *
 *     `kind` is that of `domain.layout.LaneKind`, `stand` that of `domain.stands.StandKind`, "" for none.
 *
 */
export interface Lanes {
  id: string[];
  kind: string[];
  stand: string[];
  points: number[][];
}
export interface QuayCranePlace {
  id: string;
  /**
   * Millimetres.
   */
  x_mm: number;
  outreach_rows: number;
}
/**
 * `parts` that are not well say why.
 *
 */
export interface Health {
  ok: boolean;
  parts: {
    [k: string]: string;
  };
}
export interface HoldQueue {
  crane: string;
  /**
   * A person's reason.
   */
  reason: string;
}
/**
 * The move under way with this box goes before others.
 *
 */
export interface Hurry {
  box: string;
  /**
   * A person's reason.
   */
  reason: string;
}
/**
 * `machine` "" is one that is at work; `count` are boxes or road trucks.
 *
 */
export interface InjectFault {
  fault: string;
  machine: string;
  minutes: number;
  count: number;
  answer_min: number;
}
/**
 * An accepted command: `entry` is durable. `at` is when it was.
 *
 */
export interface Journalled {
  entry: number;
  /**
   * Time in UTC, ISO 8601.
   */
  at: string;
  text: string;
}
export interface KeepSnapshot {
  name: string;
}
/**
 * Segments booked by trucks, in columns: `segment` indexes the lanes of the ground.
 *
 *     A truck has a segment to itself from `enter_ms` until its tail has left it at `leave_ms`; -1 is until its next trip.
 *     What `is_leased` was granted to it: nobody else gets it, nor the junction it lies in, before the truck has said that
 *     it is out. The rest is booked, and may be booked anew.
 *
 */
export interface LaneUse {
  /**
   * Milliseconds since the run began.
   */
  now_ms: number;
  digest: string;
  truck: string[];
  segment: number[];
  enter_ms: number[];
  leave_ms: number[];
  is_leased: boolean[];
}
/**
 * A hatch cover; both lists index `Stacks`.
 *
 */
export interface Lid {
  id: string;
  /**
   * Items: Of a row in the columns that it is about.
   */
  closes: number[];
  /**
   * Items: Of a row in the columns that it is about.
   */
  carries: number[];
}
export interface Limits {
  min_gm_mm: number | null;
  max_trim_by_stern_mm: number | null;
  max_trim_by_head_mm: number | null;
  max_list_mdeg: number | null;
  max_tcg_mm: number | null;
  max_draught_mm: number | null;
  max_displacement_kg: number | null;
  max_lashing_kg_m: number | null;
}
/**
 * True after the stream's message `number`; two cranes keep `crane_apart` bay numbers apart.
 *
 */
export interface LiveQueues {
  number: number;
  /**
   * Milliseconds since the run began.
   */
  now_ms: number;
  crane_apart: number;
  queues: CraneQueue[];
}
/**
 * What is aboard a ship at the quay now: box and slot in columns. The plan's page has the rest.
 *
 */
export interface LiveShip {
  number: number;
  /**
   * Milliseconds since the run began.
   */
  now_ms: number;
  call: string;
  plan: string;
  /**
   * Millimetres.
   */
  berth_x_mm: number;
  bow_towards_x: boolean;
  id: string[];
  slot: number[];
}
export interface LogRow {
  what: string;
  by: string;
  /**
   * Time in UTC, ISO 8601.
   */
  at: string;
  minutes: number | null;
}
export interface Login {
  name: string;
  password: string;
}
export interface Machine {
  machine: string;
}
/**
 * An order on its way or in work; a leased one is given to nobody else until it has ended.
 *
 */
export interface MachineOrder {
  number: number;
  verb: string;
  job: string;
  state: string;
  attempts: number;
  is_leased: boolean;
}
/**
 * One machine: its orders, and for a truck the way that is booked for it, what lies behind left out.
 *
 */
export interface MachinePage {
  id: string;
  /**
   * Milliseconds since the run began.
   */
  now_ms: number;
  orders: MachineOrder[];
  way: BookedSegment[];
  reason: Said | null;
}
/**
 * The only time it is told.
 *
 */
export interface MadeToken {
  id: string;
  token: string;
  /**
   * Time in UTC, ISO 8601.
   */
  expires: string;
}
/**
 * A made week at a quay like Chancay's; ships, services, tide and storms are invented.
 *
 */
export interface MakeBerths {
  name: string;
  ships: number;
  berths: number;
  late_ships: number;
  seed: number;
}
/**
 * Headings of the report's parts, in its language.
 *
 */
export interface MorningHeads {
  change: string;
  figures: string;
  parted: string;
  causes: string;
  shadow: string;
  notes: string;
}
/**
 * A figure and its value, or what something cost and what to do about it.
 *
 */
export interface MorningLine {
  name: string;
  value: string;
}
/**
 * The same as a PDF.
 *
 */
export interface MorningPaper {
  content: string;
}
/**
 * A shift in words, in one language: three things worth changing, figures, where plan and day parted (rows under
 *     `parted_heads`), what cranes waited for in minutes, what shadow planning would have saved.
 *
 */
export interface MorningReport {
  language: string;
  /**
   * Milliseconds since the run began.
   */
  from_ms: number;
  /**
   * Milliseconds since the run began.
   */
  until_ms: number;
  title: string;
  span: string;
  heads: MorningHeads;
  changes: MorningLine[];
  figures: MorningLine[];
  parted_heads: string[];
  parted: string[][];
  parted_none: string;
  causes: MorningLine[];
  saved: string[];
  notes: string[];
  changes_none: string;
}
/**
 * One's own; all sessions but this one end.
 *
 */
export interface NewPassword {
  old: string;
  new: string;
}
export interface NewToken {
  name: string;
  days: number;
  only: string[];
}
/**
 * With a password, or by another's login as `subject`.
 *
 */
export interface NewUser {
  name: string;
  role: string;
  password?: string | null;
  subject?: string | null;
}
/**
 * How far back the log goes. `source` is the log's name where no terminal runs, else "".
 *
 */
export interface Past {
  source: string;
  /**
   * Milliseconds since the run began.
   */
  until_ms: number;
  zero_utc_ms: number;
  events: number;
  calls: PastCall[];
}
/**
 * A ship that was worked; `until_ms` is when she sailed, None while she is at the quay.
 *
 */
export interface PastCall {
  id: string;
  vessel: string;
  voyage: string;
  /**
   * Milliseconds since the run began.
   */
  from_ms: number;
  until_ms: number | null;
}
/**
 * A wish of the planner: `text` is how it is written, `at` its place in the list, by which it is withdrawn.
 *
 *     `kind` is pin, forbid, keep, crane, order or budget.
 *
 */
export interface Pin {
  /**
   * Of a row in the columns that it is about.
   */
  at: number;
  kind: string;
  text: string;
  container: string;
  place: string;
  reason: string;
  by: string;
}
/**
 * A call and its plan. `arrival` and `departure` have the slot of each of `boxes`, 0 for not aboard.
 *
 *     `revision` names this state of the plan; an edit names the one it was made on.
 *
 */
export interface Plan {
  id: string;
  revision: string;
  call: string;
  vessel: string;
  vessel_digest: string;
  port: string;
  voyage: string;
  rotation: string[];
  start: string;
  /**
   * Millimetres.
   */
  berth_x_mm: number;
  bow_towards_x: boolean;
  lids_off: string[];
  has_plan: boolean;
  ports: PortMark[];
  boxes: Boxes;
  arrival: number[];
  departure: number[];
  refused: RefusedBox[];
  queues: Queue[];
  crane_apart: number;
  blocks: BlockRow[];
  yard_moves: YardMoves;
  figures: {
    [k: string]: number;
  };
  costs_min: {
    [k: string]: number;
  };
  bounds: Bound[];
  baselines: {
    [k: string]: {
      [k: string]: number;
    };
  };
  arrival_curve: Curve;
  departure_curve: Curve;
  findings: FindingRow[];
  rules: {
    [k: string]: string;
  };
  not_judged: {
    [k: string]: Said[];
  };
  pins: Pin[];
  changes: ChangeRow[];
  log: LogRow[];
  can_undo: boolean;
  can_redo: boolean;
  seed: number;
  stopped: string;
}
/**
 * How a port is drawn: a letter, a colour and the ink that reads on it. The first is the port of the call.
 *
 */
export interface PortMark {
  port: string;
  letter: string;
  colour: string;
  ink: string;
}
export interface RefusedBox {
  /**
   * Of a row in the columns that it is about.
   */
  box: number;
  reason: string;
}
/**
 * Steps of one quay crane in columns, in order. `box` has up to two indices into `Boxes` (fore, aft).
 *
 *     `kind` is that of `domain.work.StepKind`, `slot` where each box stands; seconds count from the call's start.
 *
 */
export interface Queue {
  crane: string;
  kind: string[];
  bay: number[];
  start_s: number[];
  end_s: number[];
  box: number[][];
  slot: number[][];
  lid: string[];
}
/**
 * Columns: what the yard does in which order. `target` "" is out to the quay; else it is a dig.
 *
 */
export interface YardMoves {
  box: string[];
  source: string[];
  target: string[];
  needed_for: string[];
  due_s: number[];
}
/**
 * Of a case without a plan.
 *
 */
export interface PlanBerths {
  seconds: number;
  seed: number;
}
/**
 * What an act changed of a `Plan`; what it says nothing of (None) is as it was.
 *
 *     `moved` are the boxes whose slot on departure is another now, with their slots in `slots`.
 *
 */
export interface PlanNews {
  id: string;
  revision: string;
  can_undo: boolean;
  can_redo: boolean;
  price?: Price | null;
  is_new_list: boolean;
  /**
   * Items: Of a row in the columns that it is about.
   */
  moved: number[];
  slots: number[];
  box_flags: number[];
  refused?: RefusedBox[] | null;
  queues?: Queue[] | null;
  blocks?: BlockRow[] | null;
  yard_moves?: YardMoves | null;
  figures?: {
    [k: string]: number;
  } | null;
  costs_min?: {
    [k: string]: number;
  } | null;
  bounds?: Bound[] | null;
  departure_curve?: Curve | null;
  findings?: FindingRow[] | null;
  pins?: Pin[] | null;
  changes?: ChangeRow[] | null;
  log?: LogRow[] | null;
}
/**
 * What an edit costs: minutes by what they are for, findings that come and go, and those that forbid it.
 *
 */
export interface Price {
  /**
   * Minutes a planner would pay.
   */
  minutes: number;
  terms: {
    [k: string]: number;
  };
  new: FindingRow[];
  gone: FindingRow[];
  forbidden: FindingRow[];
}
/**
 * A plan, or a call that has none yet. Counts are None where there is no plan.
 *
 *     `problem` says why the folder cannot be used.
 *
 */
export interface PlanRow {
  id: string;
  call_folder: string;
  call: string;
  vessel: string;
  voyage: string;
  port: string;
  start: string;
  has_plan: boolean;
  loads?: number | null;
  loaded?: number | null;
  refused?: number | null;
  hard?: number | null;
  safety?: number | null;
  commercial?: number | null;
  makespan_s?: number | null;
  changed_at?: string | null;
  is_live: boolean;
  problem?: Said | null;
}
export interface Plans {
  plans: PlanRow[];
  presets: string[];
  efforts: string[];
}
/**
 * A plan that could take this one's place, on its state `revision`: boxes with another slot, how many boxes each
 *     crane lifts that others were to, and the price.
 *
 */
export interface Proposal {
  plan: string;
  revision: string;
  title: string;
  by: string;
  /**
   * Time in UTC, ISO 8601.
   */
  at: string;
  /**
   * Minutes a planner would pay.
   */
  minutes: number;
  boxes: Difference[];
  lifted_by: {
    [k: string]: number;
  };
  price: Price;
}
/**
 * One measure: the trainee's value, the policy's and the bound; `share` of its weight, and points of 100.
 *
 */
export interface ReportLine {
  measure: string;
  trainee: number;
  policy: number;
  bound: number;
  weight: number;
  share: number;
  points: number;
}
export interface Sail {
  call: string;
}
export interface SeeAlert {
  alert: string;
}
/**
 * Alike ones, seen together.
 *
 */
export interface SeeAlerts {
  alerts: string[];
}
/**
 * Who asks. Without a login `user` is "", and `may` says what is open to everybody, which is nothing.
 *
 */
export interface Session {
  version: number;
  program: string;
  user: string;
  role: string;
  may: string[];
  is_login_needed: boolean;
  ways_in: string[];
  csrf: string;
  mode: string;
  has_past: boolean;
  time_zone: string;
}
/**
 * The figures of a span. They are the referee's, from the log alone; `waiting_by_leg` is the same waiting by what
 *     became of the box that was waited for.
 *
 */
export interface ShiftReport {
  /**
   * Milliseconds since the run began.
   */
  from_ms: number;
  /**
   * Milliseconds since the run began.
   */
  until_ms: number;
  zero_utc_ms: number;
  totals: Totals;
  calls: CallReport[];
  cranes: CraneFigures[];
  yard_cranes: YardCraneReport[];
  waiting: Waiting[];
  waiting_by_leg: Waiting[];
  steps: Steps;
}
/**
 * Of the span, by the referee's definitions. Shares are of 1; None is that there is none.
 *
 */
export interface Totals {
  moves: number;
  crane_h: number;
  gmph: number | null;
  planned_gmph: number | null;
  berth_productivity: number | null;
  crane_waiting: number | null;
  productive_moves: number;
  rehandles: number;
  rehandle_ratio: number | null;
  visits: number;
  turn_ms: number | null;
  kwh: number;
  kwh_per_move: number | null;
  truck_kwh_per_move: number | null;
  trucks: number;
  truck_use: number | null;
  empty_drive: number | null;
}
export interface YardCraneReport {
  crane: string;
  lifts: number;
  rehandles: number;
  use: number | null;
}
/**
 * The span in steps, in columns; `at_ms` is the end of each. `moves` has a row for each of `cranes`.
 *
 */
export interface Steps {
  step_ms: number;
  at_ms: number[];
  cranes: string[];
  moves: number[][];
  waiting_ms: number[];
  stopped_ms: number[];
  kwh: number[];
  truck_use: (number | null)[];
  visitors: number[];
}
/**
 * `what` is a container of the step, or its lid: the next step to come in that queue with it is left out, and what
 *     goes with it (the other box of a twin lift, the other half of a restow, a lid's other way).
 *
 */
export interface SkipStep {
  crane: string;
  what: string;
  /**
   * A person's reason.
   */
  reason: string;
}
/**
 * Columns; `bay` indexes `Bays`. All tiers of one bay and row, on deck or in the hold.
 *
 */
export interface Stacks {
  bay: number[];
  row: number[];
  is_deck: boolean[];
  max_weight_20_kg: (number | null)[];
  max_weight_40_kg: (number | null)[];
  max_height_mm: (number | null)[];
  tcg_mm: (number | null)[];
  lcg_mm: (number | null)[];
}
/**
 * Columns, from the bow. None is no limit known.
 *
 */
export interface Stations {
  lcg_mm: number[];
  min_shear_kg: (number | null)[];
  max_shear_kg: (number | null)[];
  min_bending_kg_m: (number | null)[];
  max_bending_kg_m: (number | null)[];
}
export interface StepBerths {
  revision: string;
}
export interface TakeBerthTrial {
  trial: string;
  revision: string;
}
export interface TakeOut {
  machine: string;
  /**
   * A person's reason.
   */
  cause: string;
}
/**
 * Of a try: what can be ordered of it is ordered of the terminal that runs.
 *
 */
export interface TakeOver {
  /**
   * A person's reason.
   */
  cause: string;
}
/**
 * What taking a try over orders: "out" and "back" of a machine, "policy" by name.
 *
 */
export interface TakeOverOrder {
  what: string;
  name: string;
  back_h: number;
}
/**
 * `revision` is that of the proposal.
 *
 */
export interface TakeProposal {
  revision: string;
}
export interface Tasks {
  tasks: Task[];
}
/**
 * An API token; what it says is told once, when it is made.
 *
 */
export interface TokenRow {
  id: string;
  name: string;
  user: string;
  /**
   * Time in UTC, ISO 8601.
   */
  created: string;
  /**
   * Time in UTC, ISO 8601.
   */
  expires: string;
  last_used: string | null;
  only: string[];
}
export interface Tokens {
  tokens: TokenRow[];
}
/**
 * A truck out of service was towed: it rests at `stand`, a segment's id. `set_down` says where in the yard
 *     (BLOCK-BAY-ROW-TIER) each of its boxes was set down: all of them, or none that then stay on it.
 *
 */
export interface Tow {
  truck: string;
  stand: string;
  /**
   * A person's reason.
   */
  reason: string;
  set_down: {
    [k: string]: string;
  };
}
/**
 * What somebody asked of the terminal. `refused` says why not, "" where it was done, and `code` and `values` say it
 *     for other languages; `alert` is the number of the alert that was seen, 0 for other acts.
 *
 */
export interface TrainingAct {
  /**
   * Milliseconds since the run began.
   */
  at_ms: number;
  by: string;
  verb: string;
  text: string;
  refused: string;
  code: string;
  values: {
    [k: string]: string | number;
  };
  alert: number;
}
/**
 * To be answered until `until_ms`, by one of the commands of `answers`; `number` is the alert's. `text` is what
 *     `code` and `values` say in English. `answered_ms` is None while it is not.
 *
 */
export interface TrainingAlarm {
  number: number;
  fault: string;
  code: string;
  values: {
    [k: string]: string | number;
  };
  text: string;
  answers: string[];
  /**
   * Milliseconds since the run began.
   */
  at_ms: number;
  /**
   * Milliseconds since the run began.
   */
  until_ms: number;
  answered_ms: number | null;
}
/**
 * By the script `at_ms`; `minutes` is how long it lasts.
 *
 */
export interface TrainingInjection {
  fault: string;
  /**
   * Milliseconds since the run began.
   */
  at_ms: number;
  machine: string;
  minutes: number;
  count: number;
}
export interface TrainingNote {
  /**
   * Milliseconds since the run began.
   */
  at_ms: number;
  by: string;
  text: string;
}
/**
 * `total` and `policy` are of 100; `mine` and `theirs` are where both runs can be replayed. `moved` and
 *     `policy_moved` are boxes set down by quay cranes at the end of each step since the start.
 *
 */
export interface TrainingReport {
  scenario: TrainingScenario;
  seed: number;
  by: string;
  minutes: number;
  total: number;
  policy: number;
  lines: ReportLine[];
  alarms: TrainingAlarm[];
  policy_alarms: TrainingAlarm[];
  undone: TrainingSentence[];
  broken: TrainingSentence[];
  notes: TrainingNote[];
  step_min: number;
  moved: number[];
  policy_moved: number[];
  mine: string;
  theirs: string;
}
/**
 * `text` is what `code` and `values` say in English. Rules that the referee knows have its word as their code.
 *
 */
export interface TrainingSentence {
  code: string;
  values: {
    [k: string]: string | number;
  };
  text: string;
}
/**
 * `state`: preparing, open, failed. Its pages are at `address`, seen from the server's own; `parent` is the session
 *     that it branched from; `is_back` says that it goes on from how it stood when the server went away.
 *
 */
export interface TrainingSession {
  id: string;
  scenario: string;
  title: Texts;
  by: string;
  /**
   * Time in UTC, ISO 8601.
   */
  since: string;
  state: string;
  text: string;
  address: string;
  parent: string;
  is_back: boolean;
}
/**
 * The latest first.
 *
 */
export interface TrainingSessions {
  sessions: TrainingSession[];
}
export interface TrainingSnapshot {
  name: string;
  /**
   * Milliseconds since the run began.
   */
  at_ms: number;
  by: string;
}
/**
 * One session as it stands. `coming` is for instructors, and empty for others; `report`: none, making, ready,
 *     failed.
 *
 */
export interface TrainingView {
  id: string;
  scenario: TrainingScenario;
  seed: number;
  /**
   * Milliseconds since the run began.
   */
  now_ms: number;
  /**
   * Milliseconds since the run began.
   */
  begins_ms: number;
  /**
   * Milliseconds since the run began.
   */
  ends_ms: number;
  is_over: boolean;
  alarms: TrainingAlarm[];
  acts: TrainingAct[];
  notes: TrainingNote[];
  snapshots: TrainingSnapshot[];
  coming: TrainingInjection[];
  faults: string[];
  report: string;
  text: string;
}
/**
 * Both runs on the same seed. `at_ms` are the steps.
 *
 */
export interface Tried {
  /**
   * Milliseconds since the run began.
   */
  from_ms: number;
  /**
   * Milliseconds since the run began.
   */
  until_ms: number;
  at_ms: number[];
  as_is: TriedRun;
  changed: TriedRun;
}
/**
 * One of both runs, from the copy on. `moved` are moves done by the end of each step; `broken` counts rules of the
 *     referee that its log breaks.
 *
 */
export interface TriedRun {
  totals: Totals;
  waiting: Waiting[];
  calls: TriedCall[];
  moved: number[];
  broken: number;
}
/**
 * A call after the hours that were run: when her last move was, None while some are `left`.
 *
 */
export interface TriedCall {
  call: string;
  vessel: string;
  voyage: string;
  ends_ms: number | null;
  left: number;
}
/**
 * The latest first; `policies` are names for `AskTry.policy`, `most_hours` its longest run.
 *
 */
export interface Tries {
  tries: Try[];
  policies: string[];
  most_hours: number;
}
/**
 * One try. `state`: waiting, running, done, failed, stopped. `orders` is what can be ordered of it.
 *
 */
export interface Try {
  id: string;
  asked: AskTry;
  by: string;
  /**
   * Time in UTC, ISO 8601.
   */
  since: string;
  state: string;
  phase: string;
  share: number | null;
  text: string;
  orders: TakeOverOrder[];
  result?: Tried | null;
  taken_by: string;
  problem?: Problem | null;
}
/**
 * What would follow. `replans`: the other ships are planned anew around these, else they stay as they are.
 *
 */
export interface TryBerths {
  moves: BerthMove[];
  replans: boolean;
  seconds: number;
  revision: string;
}
/**
 * A call folder that came as a zip.
 *
 */
export interface Uploaded {
  id: string;
  call: string;
  findings: FindingRow[];
}
export interface UserRow {
  name: string;
  role: string;
  /**
   * Time in UTC, ISO 8601.
   */
  created: string;
  last_login: string | null;
  is_oidc: boolean;
}
export interface Users {
  users: UserRow[];
  roles: {
    [k: string]: string[];
  };
}
/**
 * A profile. The same `digest`, the same ship: it may be kept.
 *
 */
export interface Vessel {
  digest: string;
  name: string;
  imo: string;
  call_sign: string;
  length_mm: number | null;
  beam_mm: number | null;
  source: string;
  bridge_lcg_mm: number | null;
  limits: Limits;
  stations: Stations;
  bays: Bays;
  stacks: Stacks;
  cells: Cells;
  lids: Lid[];
}
/**
 * Why a box stands where it stands: cost terms here, and what the best other places would cost more.
 *
 */
export interface Why {
  box: string;
  /**
   * Stow position BBBRRTT as a number; 0 is none.
   */
  slot: number;
  text: string;
  terms: {
    [k: string]: number;
  };
  alternatives: Alternative[];
  said: Said[];
}
/**
 * Every box in the yard in columns; `block` indexes `blocks`. True after the stream's message `number`;
 *     of a call's own yard that is 0.
 *
 *     `flags`: 1 needs a plug, 2 wanted by a move under way, 4 bound for a ship at the quay, 8 came off one,
 *     16 dangerous goods.
 *     `pod` indexes `ports`, `call` indexes `calls`; 0 is not known, and their first is "".
 *
 */
export interface Yard {
  number: number;
  /**
   * Milliseconds since the run began.
   */
  now_ms: number;
  blocks: Block[];
  ports: string[];
  calls: string[];
  id: string[];
  block: number[];
  bay: number[];
  row: number[];
  tier: number[];
  length_ft: number[];
  mass_kg: number[];
  pod: number[];
  call: number[];
  flags: number[];
}
/**
 * Of every box in the yard, in columns.
 *
 *     `came_ms` is when it was set down here, -1 where that was before the run. `leaves_ms` is when it is expected to
 *     leave, -1 where nobody said. `by` indexes `carriers`: a call, "truck", or "" where nobody said; `dug_pm` is how
 *     likely it is, in thousandths, that a box beneath it is wanted first.
 *
 */
export interface YardOutlook {
  /**
   * Milliseconds since the run began.
   */
  now_ms: number;
  carriers: string[];
  id: string[];
  came_ms: number[];
  leaves_ms: number[];
  by: number[];
  dug_pm: number[];
}
/**
 * A box to be moved in a block. `kind`: fetch, put, dig; `target` is "" where the box leaves the yard.
 *
 *     `machine` is the quay crane that waits for it, "" for none. A dig is in the way of the box `needed_for`.
 *
 */
export interface YardTask {
  /**
   * Milliseconds since the run began.
   */
  at_ms: number;
  kind: string;
  box: string;
  source: string;
  target: string;
  machine: string;
  call: string;
  needed_for: string;
  is_under_way: boolean;
}
/**
 * The next moves of one block, the earliest first; `more` are left out.
 *
 */
export interface YardTasks {
  block: string;
  /**
   * Milliseconds since the run began.
   */
  now_ms: number;
  tasks: YardTask[];
  more: number;
}
