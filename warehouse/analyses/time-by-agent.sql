/*
title: Time by agent
question: How long did each agent work on tickets?
unit: hours of work
excludes: Timers that are not stopped yet. Who worked on a confidential ticket is not copied; all of that time is one row.
sentence: >-
  format(if(count(*) = 0, '0 hours of work in the last {1}.', '{0:,.1f} hours of work in the last {1}{2}{3}.'), coalesce(sum(hours), 0), if($days = 1, 'day', count_text($days, 'day', 'days')),
  if(count(*) FILTER (agent <> 'confidential') = 0, '',
  format(', by {}', count_text(count(*) FILTER (agent <> 'confidential'), 'agent', 'agents'))),
  if(coalesce(sum(hours) FILTER (agent = 'confidential'), 0) = 0, '',
  format('; {:,.1f} of them on confidential tickets', sum(hours) FILTER (agent = 'confidential'))))
needs: time:read
chart: {mark: bar, x: agent, y: [hours]}
# One row for each agent with time in these days, which end with today in the campus's time, the longest first. Agents are
# numbers of people here; the pages show the names.
columns:
  agent: {title: Agent}
  hours: {title: Hours of work, unit: hours of work}
  tickets: {title: Tickets worked on, unit: tickets}
  hours_per_ticket: {title: Hours of work per ticket, unit: hours of work}
parameters:
  - {name: days, label: The last days, kind: integer, unit: days, minimum: 1, maximum: 730, step: 1, default: 30}
*/
SELECT coalesce(time_entry.agent_id::VARCHAR, 'confidential') AS agent,
       sum(time_entry.seconds) / 3600 AS hours,
       count(DISTINCT time_entry.ticket_id) AS tickets,
       sum(time_entry.seconds) / 3600 / count(DISTINCT time_entry.ticket_id) AS hours_per_ticket
FROM time_entry JOIN ticket ON ticket.id = time_entry.ticket_id
WHERE time_entry.day BETWEEN $today::DATE - ($days::INTEGER - 1) AND $today::DATE
GROUP BY time_entry.agent_id
ORDER BY hours DESC, time_entry.agent_id NULLS LAST
