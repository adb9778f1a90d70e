"""The report as a page that needs nothing else, and as a sheet of paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from cabria.reports.morning.content import Content
from cabria.reports.paper import Column, Paper, Row

STYLE = """body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:64rem;padding:0 1rem;color:#1a1a1a}
table{border-collapse:collapse;width:100%;margin:.6rem 0 1.6rem}th,td{padding:.3rem .6rem;text-align:left;
border-bottom:1px solid #ddd;vertical-align:top}td.n{text-align:right;white-space:nowrap}ol{padding-left:1.2rem}
li{margin:.5rem 0}.note{color:#555}@media print{body{margin:0;max-width:none}}"""
WIDEST = 105
"""Latin characters of a line on paper; Chinese ones are twice as wide."""
WIDEST_WHY = 40
"""Of the last column of the second page."""
CHINESE = "[\u2e80-\uffef]"
HANGING = "，。；：、）"
"""Chinese signs that begin no line."""
PARTED = ("hour", "crane", "call", "lost", "behind", "done", "why")


def morning_page(content: Content) -> str:
    """HTML."""
    words = content.words
    parts = [
        f"<h1>{escape(content.title)}</h1><p class=note>{escape(content.span)}</p>",
        f"<h2>{escape(words['change'])}</h2><ol>{''.join(_item(*change) for change in content.changes)}</ol>"
        if content.changes
        else _sentence(words["change"], content.nothing_cost),
        _table(words["figures"], (words["figure"], words["value"]), content.figures),
        _table(words["parted"], [words[name] for name in PARTED], content.parted)
        if content.parted
        else _sentence(words["parted"], content.nothing_parted),
        _table(words["causes"], (words["why"], words["minutes"]), content.causes)
        if content.causes
        else _sentence(words["causes"], content.nothing_cost),
        f"<h2>{escape(words['shadow'])}</h2>{''.join(f'<p>{escape(line)}</p>' for line in content.saved)}",
    ]
    if content.notes:
        parts.append(f"<h2>{escape(words['notes'])}</h2>{''.join(f'<p>{escape(note)}</p>' for note in content.notes)}")
    return (
        f'<!doctype html><html lang="{content.language}"><head><meta charset="utf-8"><title>{escape(content.title)}'
        f"</title><style>{STYLE}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def _sentence(heading: str, sentence: str) -> str:
    return f"<h2>{escape(heading)}</h2><p>{escape(sentence)}</p>"


def _item(cost: str, what_to_do: str) -> str:
    return f"<li><strong>{escape(cost)}</strong><br>{escape(what_to_do)}</li>"


def _table(heading: str, titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(title)}</th>" for title in titles)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<h2>{escape(heading)}</h2><table><tr>{head}</tr>{body}</table>"


def morning_paper(content: Content, path: Path) -> None:
    """PDF; one in Chinese is set in the font that the reader of it brings along."""
    words, is_chinese = content.words, content.language == "zh"
    paper = Paper(path, content.title, content.span, is_chinese=is_chinese, foot=words["page"])
    width = WIDEST // 2 if is_chinese else WIDEST
    rows = [Row((words["change"], ""), is_strong=True)]
    for number, (cost, what_to_do) in enumerate(content.changes, 1):
        rows += [
            Row((f"{number}. {cost}", "")),
            *(Row((f"   {line}", "")) for line in wrapped(what_to_do, width)),
        ]
    nothing = Row((content.nothing_cost, ""))
    rows += [] if content.changes else [nothing]
    rows += [Row(("", "")), Row((words["figures"], ""), is_strong=True), *map(Row, content.figures)]
    minutes = words["minutes"] if content.causes else ""
    rows += [Row(("", "")), Row((words["causes"], minutes), is_strong=True), *map(Row, content.causes)]
    rows += [] if content.causes else [nothing]
    for title, told in ((words["shadow"], content.saved), (words["notes"], content.notes)):
        lines = [line for each in told for line in wrapped(each, width)]
        rows += [Row(("", "")), Row((title, ""), is_strong=True), *(Row((line, "")) for line in lines)] if lines else []
    paper.table(content.title, content.span, (Column("", 430), Column("", 90)), rows, has_rules=False)
    heads = [words["behind_short" if name == "behind" else name] for name in PARTED]
    titles = [Column(head, width) for head, width in zip(heads, (55, 36, 84, 56, 54, 66, 172), strict=True)]
    cells = [each for row in content.parted for each in _parted_rows(row, WIDEST_WHY // (2 if is_chinese else 1))]
    paper.table(
        words["parted"],
        content.span,
        titles if cells else (Column("", sum(title.width for title in titles)),),
        cells or [Row((content.nothing_parted,))],
        has_rules=False,
    )
    paper.save()


def _parted_rows(row: Sequence[str], width: int) -> list[Row]:
    """The last cell goes on under itself."""
    first, *more = wrapped(row[-1], width) or [""]
    return [Row((*row[:-1], first)), *(Row((*[""] * (len(row) - 1), line)) for line in more)]


def wrapped(text: str, width: int) -> list[str]:
    """Broken at blanks, and between Chinese characters."""
    import re
    import textwrap

    if not re.search(CHINESE, text):
        return textwrap.wrap(text, width)
    lines, taken = [""], 0
    for word in re.findall(rf"{CHINESE}|\s+|[^\s\u2e80-\uffef]+", text):
        takes = 2 if re.match(CHINESE, word) else len(word)
        if taken + takes > 2 * width and word not in HANGING:
            lines, taken = [*lines, ""], 0
        lines[-1] += word
        taken += takes
    return [line.strip() for line in lines]
