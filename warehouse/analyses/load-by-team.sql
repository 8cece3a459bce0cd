/*
title: Load by team
question: How many open and active tickets does each team have, and how many of them does nobody work on yet?
unit: tickets
excludes: Closed tickets. Without an assignee are counted only those that are not confidential, because nobody's name is copied from a confidential one.
sentence: >-
  format(if(count(*) = 1, '{0} not closed, {2}{3}.', '{0} not closed; the most, {1:,}, {2}{3}.'),
  count_text(sum(tickets), 'ticket is', 'tickets are'), max(tickets),
  max_by(if(team = 'No team', 'without a team', 'with ' || team), tickets),
  if(sum(unassigned) = 0, '', format('; {} no assignee yet', count_text(sum(unassigned), 'has', 'have'))))
chart: {mark: bar, x: team, y: [tickets]}
# One row for each team that has such tickets, the largest first, and one for those without a team.
columns:
  team: {title: Team}
  tickets: {title: Open and active tickets, unit: tickets}
  open: {title: Open, unit: tickets}
  active: {title: Active, unit: tickets}
  unassigned: {title: Without an assignee, unit: tickets}
  unassigned_share: {title: Share without an assignee, unit: percent}
parameters:
  - {name: older_than, label: Opened at least, kind: integer, unit: days ago, minimum: 0, maximum: 365, step: 1, default: 0}
*/
SELECT coalesce(team.name, 'No team') AS team,
       count(*) AS tickets,
       count(*) FILTER (ticket.status = 'open') AS open,
       count(*) FILTER (ticket.status = 'active') AS active,
       count(*) FILTER (ticket.assignee_id IS NULL AND NOT ticket.is_confidential) AS unassigned,
       round(100 * count(*) FILTER (ticket.assignee_id IS NULL AND NOT ticket.is_confidential)
             / nullif(count(*) FILTER (NOT ticket.is_confidential), 0), 1) AS unassigned_share
FROM ticket LEFT JOIN team ON team.id = ticket.team_id
WHERE ticket.status <> 'closed'
  AND ($older_than::INTEGER = 0 OR ticket.opened_at <= $as_of::TIMESTAMP - to_days($older_than::INTEGER))
GROUP BY ticket.team_id, team.name
ORDER BY tickets DESC, team, ticket.team_id
