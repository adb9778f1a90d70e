"""The page's words, one table per language; a missing word falls back to English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        "loading_plan": "Loading plan",
        "papers": "Papers",
        "bay_sheets": "bay sheets",
        "discharge_sequence": "discharge sequence",
        "load_sequence": "load sequence",
        "crane_sequence": "crane sequence",
        "needs_person": "Needs a person",
        "needs_nobody": "Nothing: the referee found nothing of the plan's own that is hard or unsafe.",
        "which_boxes": "Which boxes",
        "more_below": "more under Findings",
        "key_figures": "Key figures",
        "ours": "this plan",
        "refused": "Refused",
        "reason": "reason",
        "wishes_kept": "Wishes of the planner, kept",
        "wishes_dropped": "Wishes of the planner that cannot be met",
        "changes": "Changes against the earlier plan",
        "ship": "The ship",
        "ship_note": "Seen from starboard, bow on the right. Each strip is one tier of a bay, as wide as what it "
        "holds. Choose a bay to jump to it.",
        "bays": "Bays",
        "bay": "Bay",
        "bay_note": "Seen from aft: port on the left, row 00 in the middle, starboard on the right; deck over hold.",
        "arrival": "arrival",
        "discharge": "discharge",
        "load": "load",
        "departure": "departure",
        "restow": "restow",
        "find": "Find a container",
        "not_found": "not aboard in this call",
        "outside": "Boxes the pictures cannot show: their position is not in the ship's profile",
        "legend": "Legend",
        "stability": "The ship afloat",
        "not_judged": "Not judged",
        "cranes": "Crane split",
        "cranes_note": "By bay: upper half of a line deck, lower half hold.",
        "weight": "weight",
        "buoyancy": "buoyancy",
        "as_planned": "at departure",
        "limit": "limit",
        "crane": "crane",
        "from": "from",
        "to": "to",
        "waiting": "travel and waiting",
        "lids": "lids",
        "dual_cycles": "dual cycles",
        "out": "crane out",
        "by_bay": "By bay",
        "by_crane": "By crane",
        "no_queues": "The plan has no crane work queues.",
        "yard": "Yard",
        "yard_note": "Yard moves by block and quarter of an hour in which the quay crane needs the box; "
        "outlined where the block's cranes cannot manage as many. Right: retrievals + digs.",
        "no_yard": "The plan has no yard moves.",
        "findings": "Findings",
        "no_findings": "None.",
        "waived": "Waived",
        "more": "more in plan.json",
        "rules_judged": "rules judged",
        "rules_not_judged": "rules not judged",
        "rule": "rule",
        "says": "what it says",
        "costs": "Costs, in minutes",
        "component": "component",
        "minutes": "min",
        "total": "total",
        "bounds": "How good it is",
        "reached": "reached",
        "bound": "bound",
        "note": "note",
        "none_known": "none known",
        "baselines": "Beside simple methods",
        "phases": "Where the time went",
        "phase": "phase",
        "wall": "wall s",
        "cpu": "CPU s",
        "readers": "What was odd in the files",
        "place": "place",
        "container": "container",
        "text": "finding",
    }
)

TEXTS: Mapping[str, Mapping[str, str]] = MappingProxyType({"en": ENGLISH})


def texts(language: str) -> Mapping[str, str]:
    return {**ENGLISH, **TEXTS.get(language, {})}
