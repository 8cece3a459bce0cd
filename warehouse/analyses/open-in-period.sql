/*
title: Still open
question: How many of the tickets opened in the last hours or days are not closed yet?
unit: tickets
excludes: Tickets that are closed by now, however short a time they were open.
sentence: >-
  format('{} opened in the last {} {} not closed yet.', count_text(max(tickets), 'ticket', 'tickets'),
  coalesce(if($days = 1, 'day', count_text($days, 'day', 'days')), if($hours = 1, 'hour', count_text($hours, 'hour', 'hours'))),
  if(max(tickets) = 1, 'is', 'are'))
chart: {mark: number, y: [tickets]}
columns:
  tickets: {title: Tickets, unit: tickets}
# Hours and days count back from the moment of the answer. The sliders end at `maximum`; over HTTP up to `accepted` (a
# hundred years) may be asked for.
parameters:
  - {name: hours, label: The last hours, kind: integer, unit: hours, minimum: 1, maximum: 720, step: 1, default: 24,
     accepted: 876000}
  - {name: days, label: The last days, kind: integer, unit: days, minimum: 1, maximum: 1095, step: 1, instead_of: hours,
     accepted: 36500}
*/
SELECT count(*) AS tickets
FROM ticket
WHERE status <> 'closed'
  AND opened_at > $as_of::TIMESTAMP - to_hours(coalesce($hours::INTEGER, $days::INTEGER * 24))
