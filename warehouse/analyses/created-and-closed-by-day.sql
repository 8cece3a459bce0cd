/*
title: Created and closed by day
question: Do we close as many tickets as come in, and how large is the backlog at the end of each day?
unit: tickets
excludes: Earlier closings of tickets that were reopened; the last one counts. Today is not over yet.
sentence: >-
  format('In the last {}, {} came in and {} closed; the backlog is {:,}, {}.', count_text($days, 'day', 'days'),
  count_text(sum(created), 'ticket', 'tickets'), count_text(sum(closed), 'was', 'were'), max_by(backlog, day),
  CASE sign(sum(created) - sum(closed)) WHEN 1 THEN format('{:,} more than before', (sum(created) - sum(closed))::BIGINT)
  WHEN -1 THEN format('{:,} fewer than before', (sum(closed) - sum(created))::BIGINT) ELSE 'as before' END)
chart: {mark: line, x: day, y: [created, closed], apart: [backlog]}
# One row for each day in the campus's time, up to today; none on a desk without tickets. The backlog of a day is the
# number of tickets created up to that day and not closed by its end.
columns:
  day: {title: Day}
  created: {title: Created, unit: tickets}
  closed: {title: Closed, unit: tickets}
  backlog: {title: Backlog, unit: tickets}
parameters:
  - {name: days, label: The last days, kind: integer, unit: days, minimum: 7, maximum: 730, step: 1, default: 90}
*/
WITH shown AS (
    SELECT unnest(generate_series($today::DATE - ($days::INTEGER - 1), $today::DATE, INTERVAL 1 DAY))::DATE AS day
    WHERE EXISTS (FROM ticket)
),
created AS (
    SELECT opened_day AS day, count(*) AS tickets FROM ticket WHERE opened_day >= (SELECT min(day) FROM shown) GROUP BY 1
),
closed AS (
    SELECT closed_day AS day, count(*) AS tickets FROM ticket WHERE closed_day >= (SELECT min(day) FROM shown) GROUP BY 1
),
before AS (
    SELECT count(*) FILTER (WHERE opened_day < first) - count(*) FILTER (WHERE closed_day < first) AS backlog
    FROM ticket, (SELECT min(day) AS first FROM shown)
)
SELECT day,
       coalesce(created.tickets, 0) AS created,
       coalesce(closed.tickets, 0) AS closed,
       (before.backlog + sum(coalesce(created.tickets, 0) - coalesce(closed.tickets, 0)) OVER (ORDER BY day))::BIGINT AS backlog
FROM shown LEFT JOIN created USING (day) LEFT JOIN closed USING (day), before
ORDER BY day
