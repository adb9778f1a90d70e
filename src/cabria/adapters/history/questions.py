"""Questions that a terminal asks of its history; `docs/reference/history.md` shows what they answer."""

from __future__ import annotations

from typing import NamedTuple


class Question(NamedTuple):
    name: str
    asks: str
    sql: str


QUESTIONS: tuple[Question, ...] = (
    Question(
        "crane-rate",
        "How many containers an hour did each quay crane lift, day by day?",
        """
        SELECT day, crane, count(*) AS containers,
            round(date_diff('millisecond', min(lifted_utc), max(at_utc)) / 3600000, 2) AS hours,
            round(containers / greatest(hours, 0.01), 1) AS an_hour
        FROM lifts WHERE from_kind = 'ship' OR to_kind = 'ship' GROUP BY ALL ORDER BY ALL
        """,
    ),
    Question(
        "crane-waiting",
        "How long did cranes wait, and for what?",
        """
        SELECT day, cause, count(*) AS times,
            round(sum(date_diff('millisecond', since_utc, at_utc)) / 3600000, 2) AS hours
        FROM waits WHERE since_utc < at_utc GROUP BY ALL ORDER BY day, hours DESC
        """,
    ),
    Question(
        "rehandles",
        "How many rehandles for each container that left, block by block?",
        """
        SELECT block, count(*) AS containers, sum(digs) AS rehandles, round(avg(digs), 3) AS each
        FROM stays GROUP BY block ORDER BY each DESC, block
        """,
    ),
    Question(
        "truck-use",
        "How far did each truck drive, how fast, and how much of its time did it move?",
        """
        SELECT machine, round(sum(speed_mm_per_s) / 1e6, 1) AS km,
            round(avg(speed_mm_per_s) FILTER (speed_mm_per_s > 0) / 1000, 2) AS m_per_s_moving,
            round(count(*) FILTER (speed_mm_per_s > 0) / count(*), 3) AS moving
        FROM telemetry GROUP BY machine ORDER BY km DESC
        """,
    ),
    Question(
        "where-trucks-stand",
        "On which 20 m of ground do machines stand longest?",
        """
        SELECT x_mm // 20000 * 20 AS x_m, y_mm // 20000 * 20 AS y_m, round(count(*) / 3600, 1) AS hours,
            count(DISTINCT machine) AS machines
        FROM telemetry WHERE speed_mm_per_s = 0 GROUP BY ALL ORDER BY hours DESC, x_m, y_m LIMIT 20
        """,
    ),
    Question(
        "energy",
        "How much energy did each machine use, and how much for each container lifted?",
        """
        WITH lifted AS (SELECT day, count(*) AS containers FROM lifts GROUP BY day)
        SELECT day, machine, round(sum(wh) / 1000, 1) AS kwh,
            round(sum(wh) / 1000 / nullif(any_value(containers), 0), 4) AS kwh_a_lift
        FROM energy LEFT JOIN lifted USING (day) GROUP BY day, machine ORDER BY day, kwh DESC
        """,
    ),
    Question(
        "stays",
        "How long do containers stand in the yard, by how they leave?",
        """
        SELECT comes_by, leaves_by, count(*) AS containers,
            round(median(date_diff('minute', came_utc, at_utc)) / 1440, 2) AS median_days,
            round(quantile_cont(date_diff('minute', came_utc, at_utc), 0.9) / 1440, 2) AS nine_of_ten_days
        FROM stays WHERE came_utc IS NOT NULL GROUP BY ALL ORDER BY ALL
        """,
    ),
)
QUESTION_BY_NAME = {question.name: question for question in QUESTIONS}
