"""Queries to begin with. Each shows something about the tables that a newcomer needs."""

EXAMPLES = {
    "Open tickets by category": """\
-- category_id leads to the category's name. A ticket that is not closed is open or active.
SELECT category.name AS category, count(*) AS tickets
FROM ticket
JOIN category ON category.id = ticket.category_id
WHERE ticket.status <> 'closed'
GROUP BY ALL
ORDER BY tickets DESC;
""",
    "First response by month": """\
-- Durations are columns in seconds; empty while nothing has happened yet.
SELECT
  opened_month AS month,
  count(*) AS tickets,
  round(median(first_response_seconds) / 3600, 1) AS median_hours,
  round(quantile_cont(first_response_seconds, 0.9) / 3600, 1) AS p90_hours
FROM ticket
WHERE first_response_seconds IS NOT NULL
GROUP BY ALL
ORDER BY month;
""",
    "Arrivals by weekday and hour": """\
-- Day, month, hour and weekday (1 is Monday) are columns too, in the campus's time. Other moments are UTC.
SELECT opened_weekday AS weekday, opened_hour AS hour, count(*) AS tickets
FROM ticket
GROUP BY ALL
ORDER BY weekday, hour;
""",
    "Messages a ticket": """\
-- A message belongs to a ticket by ticket_id. Its words are not here, its length is.
SELECT messages, count(*) AS tickets
FROM (
  SELECT ticket.id, count(message.id) AS messages
  FROM ticket
  LEFT JOIN message ON message.ticket_id = ticket.id
  GROUP BY ticket.id
)
GROUP BY ALL
ORDER BY messages;
""",
    "Tickets that were reopened": """\
-- The history says what changed, from what, to what, and when.
SELECT opened_month AS month, count(DISTINCT ticket.id) AS reopened
FROM ticket
JOIN ticket_event ON ticket_event.ticket_id = ticket.id
WHERE ticket_event.kind = 'status' AND ticket_event.from_value = 'closed'
GROUP BY ALL
ORDER BY month;
""",
    "Busiest buildings": """\
-- Not every ticket names a building: LEFT JOIN keeps the others.
SELECT coalesce(building.name, 'not said') AS building, count(*) AS tickets
FROM ticket
LEFT JOIN building ON building.id = ticket.building_id
GROUP BY ALL
ORDER BY tickets DESC
LIMIT 10;
""",
}
