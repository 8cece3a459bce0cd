/*
title: Time by team
question: How long did staff work on the tickets in each team's queue?
unit: hours of work
excludes: Timers that are not stopped yet. A ticket counts for the team in whose queue it is now, whoever worked on it.
sentence: >-
  format(if(count(*) = 0, '0 hours of work in the last {1}.',
  if(count(*) = 1, '{0:,.1f} hours of work in the last {1}, all {3}.',
  '{0:,.1f} hours of work in the last {1}; the most, {2:,.1f}, {3}.')),
  coalesce(sum(hours), 0), if($days = 1, 'day', count_text($days, 'day', 'days')), coalesce(max(hours), 0),
  coalesce(max_by(if(team = 'No team', 'on tickets without a team', 'on those of ' || team), hours), ''))
chart: {mark: bar, x: team, y: [hours]}
# One row for each team with time in these days, which end with today in the campus's time, the longest first; and one for
# the tickets without a team.
columns:
  team: {title: Team}
  hours: {title: Hours of work, unit: hours of work}
  tickets: {title: Tickets worked on, unit: tickets}
  hours_per_ticket: {title: Hours of work per ticket, unit: hours of work}
parameters:
  - {name: days, label: The last days, kind: integer, unit: days, minimum: 1, maximum: 730, step: 1, default: 30}
*/
SELECT coalesce(team.name, 'No team') AS team,
       sum(time_entry.seconds) / 3600 AS hours,
       count(DISTINCT time_entry.ticket_id) AS tickets,
       sum(time_entry.seconds) / 3600 / count(DISTINCT time_entry.ticket_id) AS hours_per_ticket
FROM time_entry JOIN ticket ON ticket.id = time_entry.ticket_id LEFT JOIN team ON team.id = ticket.team_id
WHERE time_entry.day BETWEEN $today::DATE - ($days::INTEGER - 1) AND $today::DATE
GROUP BY ticket.team_id, team.name
ORDER BY hours DESC, team, ticket.team_id
