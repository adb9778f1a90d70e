"""What each finding of a message means and what its sender should do, for the letter and the documentation."""

from __future__ import annotations

from typing import NamedTuple


class Rule(NamedTuple):
    """`title` names what was found, several times perhaps; `remedy` asks the sender for something."""

    title: str
    remedy: str


RULES: dict[str, Rule] = {
    "EDI-BAY-LENGTH": Rule(
        "Box in a bay of another length",
        "Give 20 ft boxes odd bays, longer ones the even bay over two odd ones, or correct the size-type code.",
    ),
    "EDI-CHECK-DIGIT": Rule("Wrong check digit", "Check these container numbers against the boxes (ISO 6346)."),
    "EDI-CNT-COUNT": Rule("Another number of containers than counted", "Check whether boxes are missing; correct CNT."),
    "EDI-CODE": Rule("Code that is not known here", "Use the codes of the SMDG guide of this message."),
    "EDI-DANGEROUS": Rule(
        "Dangerous goods that cannot be identified", "Give the IMDG class and the four digits of the UN number."
    ),
    "EDI-DIALECT": Rule("Dialect not named or not known", "Name the SMDG guide in UNH, for example SMDG31."),
    "EDI-DIMENSION": Rule("Out-of-gauge dimension that cannot be read", "Give it in centimetres (DIM, unit CMT)."),
    "EDI-DUPLICATE": Rule("Named more than once", "Say which of the entries is right and send only that one."),
    "EDI-EMPTY": Rule("Message without content", "Tell us whether there is really nothing, or send it again."),
    "EDI-ENVELOPE": Rule(
        "Irregular envelope (UNA, UNB, UNH, UNT, UNZ)", "No need to send again; please mend your program."
    ),
    "EDI-LOSS": Rule("Lost in writing", "Send what the message cannot carry in another way."),
    "EDI-MASS": Rule("Mass that cannot be right", "Give the gross mass of the box with its cargo, in kilograms."),
    "EDI-MASS-DIFFERS": Rule("Two masses for one box", "Confirm the verified mass; it is the one we use."),
    "EDI-MASS-MISSING": Rule("No mass", "Give the gross mass; we plan with none until then."),
    "EDI-NUMBER": Rule(
        "Container number missing or not in the form of ISO 6346", "Give four letters and seven digits."
    ),
    "EDI-POD-MISSING": Rule("No port of discharge", "Give the port of discharge (LOC+11)."),
    "EDI-POL-MISSING": Rule("No port of loading", "Give the port of loading (LOC+9)."),
    "EDI-PORT": Rule("Port that is no UN/LOCODE", "Give ports as UN/LOCODE, five characters such as PECHY."),
    "EDI-PORT-UNKNOWN": Rule(
        "Port that our table does not know", "Check the code; if it is right, nothing is to be done."
    ),
    "EDI-POSITION": Rule("Position missing or impossible", "Give bay, row and tier as BBBRRTT (ISO 9711)."),
    "EDI-POSITION-SHIP": Rule(
        "Position that this ship does not have", "Correct the position, or tell us that the ship was altered."
    ),
    "EDI-REEFER": Rule(
        "Temperature and box do not fit", "Give the set point of every reefer that must be plugged in, and of no other."
    ),
    "EDI-SEGMENT": Rule("Segment that is not read", "Tell us if it says something that we must know."),
    "EDI-SHIP": Rule("Message for another ship or voyage", "Check the ship's identity and send the right message."),
    "EDI-SIZE-TYPE": Rule("Size-type code missing or unknown", "Give the size-type code of ISO 6346, such as 45G1."),
    "EDI-SLOT-TWICE": Rule("Two boxes in one slot", "Say which box stands there and where the other one is."),
    "EDI-TEMPERATURE": Rule("Temperature that cannot be read", "Give it in degrees Celsius (TMP, unit CEL)."),
    "EDI-TIER": Rule("Odd tier", "Tiers are even; confirm if half-height boxes are meant."),
    "EDI-TIME": Rule("Time that cannot be read", "Give times as CCYYMMDDHHMM (format 203)."),
    "EDI-UNIT": Rule("Unit missing or unknown", "Give masses in KGM, temperatures in CEL, lengths in CMT."),
    "EDI-UNT-COUNT": Rule(
        "Another number of segments than counted", "Check whether segments were lost on the way; correct UNT."
    ),
    "EDI-UNZ-COUNT": Rule("Another number of messages than counted", "Check whether a message was lost; correct UNZ."),
    "EDI-VESSEL": Rule("Ship's identity in doubt", "Give the IMO number (146), or the call sign (103)."),
    "EDI-VGM-MISSING": Rule(
        "Full box without verified mass", "Send the verified masses (SOLAS VI/2). No verified mass, no loading."
    ),
    "EDI-VGM-UNKNOWN": Rule("Verified mass of a box we do not have", "Check the container number."),
}
