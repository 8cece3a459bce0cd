/*
title: Closed by team and month
question: How many tickets does each team close, month by month?
unit: tickets
excludes: Earlier closings of tickets that were reopened; the last one counts. This month is not over yet. A ticket counts for the team in whose queue it is now.
sentence: >-
  format('{} closed in the last {}{}.',
  if(sum(closed) = 0, 'No ticket was', count_text(sum(closed), 'ticket was', 'tickets were')),
  if($months = 1, 'month', count_text($months, 'month', 'months')),
  if(sum(closed) = 0 OR count(DISTINCT team) = 1, '', (SELECT format('; the most, {:,}, {}', max(total)::BIGINT,
  max_by(if(team = 'No team', 'without a team', 'by ' || team), total))
  FROM (SELECT team, sum(closed) AS total FROM answer GROUP BY team))))
chart: {mark: line, x: month, y: [closed], by: team}
# One row for each month in the campus's time, up to this one, and each team that has ever had a ticket; also one for the
# tickets without a team.
columns:
  month: {title: Month}
  team: {title: Team}
  closed: {title: Closed, unit: tickets}
parameters:
  - {name: months, label: The last months, kind: integer, unit: months, minimum: 1, maximum: 36, step: 1, default: 12}
  - name: team
    label: Team
    kind: choice
    options: SELECT slug AS value, name AS label FROM team ORDER BY name, slug
*/
WITH shown AS (
    SELECT unnest(generate_series(
        date_trunc('month', $today::DATE) - to_months($months::INTEGER - 1), date_trunc('month', $today::DATE),
        INTERVAL 1 MONTH))::DATE AS month
    WHERE EXISTS (FROM ticket)
),
wanted AS (
    SELECT DISTINCT team_id FROM ticket
    WHERE $team::VARCHAR IS NULL OR team_id = (SELECT id FROM team WHERE slug = $team::VARCHAR)
),
closed AS (
    SELECT closed_month AS month, team_id, count(*) AS tickets
    FROM ticket WHERE closed_month >= (SELECT min(month) FROM shown) GROUP BY ALL
)
SELECT strftime(shown.month, '%Y-%m') AS month,
       coalesce(team.name, 'No team') AS team,
       coalesce(closed.tickets, 0) AS closed
FROM shown CROSS JOIN wanted
LEFT JOIN team ON team.id = wanted.team_id
LEFT JOIN closed ON closed.month = shown.month AND closed.team_id IS NOT DISTINCT FROM wanted.team_id
ORDER BY shown.month, team, wanted.team_id
