"""Questions that data teams ask of a helpdesk, each answered in DuckDB's SQL on the replica. The data dictionary shows
them; they run in the SQL lab and on a file that `lodge snapshot` wrote."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """`reads` says how to understand the answer, and what it leaves out. `needs_text`: only where
    `LODGE_WAREHOUSE_TEXT=on`."""

    title: str
    reads: str
    sql: str
    needs_text: bool = False


# The present moment as the replica's moments are: UTC without a zone.
NOW = "make_timestamp(epoch_us(now()))"

ALL_QUESTIONS = (
    Question(
        "How long until somebody answers, by category and month?",
        "`tickets` counts all of the month, `answered` those with a first answer; hours are of these only.",
        """
SELECT category, opened_month, count(*) AS tickets, count(first_response_seconds) AS answered,
       round(median(first_response_seconds) / 3600, 1) AS median_hours,
       round(quantile_cont(first_response_seconds, 0.9) / 3600, 1) AS p90_hours
FROM tickets
GROUP BY category, opened_month
ORDER BY category, opened_month""",
    ),
    Question(
        "How many closed tickets were opened again?",
        "Of the tickets that were ever closed, by the lines of their history. Imported tickets may have no such lines.",
        """
WITH closings AS (
    SELECT ticket_id, bool_or(from_value = 'closed') AS was_reopened
    FROM ticket_event
    WHERE kind = 'status' AND 'closed' IN (from_value, to_value)
    GROUP BY ticket_id
)
SELECT category, count(*) AS closed, count(*) FILTER (was_reopened) AS reopened,
       round(100 * avg(was_reopened::INTEGER), 1) AS percent
FROM closings JOIN tickets ON tickets.id = closings.ticket_id
GROUP BY category
ORDER BY percent DESC, category""",
    ),
    Question(
        "How long are tickets in each stage?",
        "Each stay that has ended: from when the ticket came into the stage, or was opened, until it left. A stage "
        "that is gone has only its slug.",
        """
WITH stays AS (
    SELECT ticket_event.from_value AS slug,
           epoch(occurred_at - coalesce(lag(occurred_at) OVER ticket_lines, ticket.opened_at)) AS seconds
    FROM ticket_event JOIN ticket ON ticket.id = ticket_event.ticket_id
    WHERE kind = 'stage'
    WINDOW ticket_lines AS (PARTITION BY ticket_id ORDER BY occurred_at, ticket_event.id)
)
SELECT coalesce(stage.name, slug) AS stage, count(*) AS stays, round(median(seconds) / 3600, 1) AS median_hours,
       round(quantile_cont(seconds, 0.9) / 3600, 1) AS p90_hours
FROM stays LEFT JOIN stage USING (slug)
GROUP BY ALL
ORDER BY median_hours DESC""",
    ),
    Question(
        "How old was the backlog, week by week?",
        "What was open when each of the last 26 weeks began, on Monday at 0:00 UTC. A ticket that was closed and "
        "opened again counts as open for the whole time, because `closed_at` is its last closing.",
        f"""
WITH weeks AS (
    SELECT unnest(range(date_trunc('week', {NOW}) - INTERVAL 25 WEEK, {NOW}, INTERVAL 1 WEEK)) AS week
)
SELECT week::DATE AS week, count(*) AS backlog,
       count(*) FILTER (week - opened_at < INTERVAL 1 DAY) AS up_to_a_day,
       count(*) FILTER (week - opened_at >= INTERVAL 1 DAY AND week - opened_at < INTERVAL 7 DAY) AS up_to_a_week,
       count(*) FILTER (week - opened_at >= INTERVAL 7 DAY AND week - opened_at < INTERVAL 30 DAY) AS up_to_30_days,
       count(*) FILTER (week - opened_at >= INTERVAL 30 DAY) AS older
FROM weeks JOIN ticket ON opened_at < week AND (closed_at IS NULL OR closed_at >= week)
GROUP BY weeks.week
ORDER BY weeks.week""",
    ),
    Question(
        "How many tickets were solved with one reply?",
        "Closed tickets with exactly one message that staff wrote for the requester to read.",
        """
WITH replies AS (
    SELECT ticket_id, count(*) AS replies
    FROM message
    WHERE NOT is_internal AND author_role IN ('agent', 'manager', 'admin')
    GROUP BY ticket_id
)
SELECT category, count(*) AS closed, count(*) FILTER (replies = 1) AS with_one_reply,
       round(100.0 * count(*) FILTER (replies = 1) / count(*), 1) AS percent
FROM tickets LEFT JOIN replies ON replies.ticket_id = tickets.id
WHERE status = 'closed'
GROUP BY category
ORDER BY percent DESC, category""",
    ),
    Question(
        "How many messages has a ticket?",
        "Tickets without a message count with 0. Internal notes are left out.",
        """
WITH counted AS (
    SELECT ticket.id, count(message.id) AS messages
    FROM ticket LEFT JOIN message ON message.ticket_id = ticket.id AND NOT is_internal
    GROUP BY ticket.id
)
SELECT category, count(*) AS tickets, round(avg(messages), 2) AS mean, median(messages) AS median,
       max(messages) AS most
FROM counted JOIN tickets USING (id)
GROUP BY category
ORDER BY mean DESC, category""",
    ),
    Question(
        "Who reports again and again?",
        "The numbers of people with at least three tickets. Confidential tickets have no requester here, so they are "
        "not counted.",
        """
SELECT requester_id, requester_role, count(*) AS tickets, count(DISTINCT category) AS categories,
       min(opened_day) AS first, max(opened_day) AS last
FROM tickets
WHERE requester_id IS NOT NULL
GROUP BY requester_id, requester_role
HAVING count(*) >= 3
ORDER BY tickets DESC, requester_id
LIMIT 100""",
    ),
    Question(
        "How many tickets by building, category and month?",
        "One column for each month. Tickets without a building are in the row without one.",
        """
WITH counted AS (
    SELECT building, category, strftime(opened_month, '%Y-%m') AS month FROM tickets
)
PIVOT counted ON month USING count(*) GROUP BY building, category ORDER BY building, category""",
    ),
    Question(
        "How many tickets does each agent close?",
        "By the assignee that the ticket has now: who closed it is not copied. Confidential tickets have no assignee "
        "here.",
        """
SELECT assignee_id, closed_month, count(*) AS closed,
       round(median(resolution_seconds) / 86400, 1) AS median_days
FROM ticket
WHERE status = 'closed' AND assignee_id IS NOT NULL
GROUP BY assignee_id, closed_month
ORDER BY closed_month DESC, closed DESC, assignee_id""",
    ),
    Question(
        "How often is the categoriser right?",
        "Predictions at the time of the report, for tickets that somebody has worked on since. `percent` are those "
        "that have the predicted category now.",
        """
SELECT opened_month, sureness, count(*) AS predictions, round(100 * avg(is_right::INTEGER), 1) AS percent,
       round(100 * avg(confidence), 1) AS expected_percent
FROM predictions
WHERE predicted_at = opened_at AND status <> 'open'
GROUP BY opened_month, sureness
ORDER BY opened_month, sureness""",
    ),
    Question(
        "Which problems did many people have?",
        "`reports` counts the requester and everybody who said that they have the same problem.",
        """
SELECT id, category, building, status, reports, opened_at, round(resolution_seconds / 3600, 1) AS hours
FROM tickets
WHERE reports > 1
ORDER BY reports DESC, id
LIMIT 50""",
    ),
    Question(
        "Which tags are used, and how long do their tickets take?",
        "Tags of confidential tickets are not copied.",
        """
SELECT tag, count(*) AS tickets, count(*) FILTER (status = 'closed') AS closed,
       round(median(resolution_seconds) / 86400, 1) AS median_days
FROM ticket_tag JOIN ticket ON ticket.id = ticket_id
WHERE tag IS NOT NULL
GROUP BY tag
ORDER BY tickets DESC, tag
LIMIT 50""",
    ),
    Question(
        "When do reports arrive, by weekday and hour?",
        "1 is Monday; hours are the campus's. Hours without a report have no row.",
        """
SELECT opened_weekday AS weekday, opened_hour AS hour, count(*) AS tickets
FROM ticket
GROUP BY weekday, hour
ORDER BY weekday, hour""",
    ),
    Question(
        "Which rooms have the most tickets?",
        "Rooms are free text, so `204` and `Room 204` are two. Confidential tickets have no room here.",
        """
SELECT building, room, count(*) AS tickets, mode(category) AS usual_category, max(opened_day) AS last
FROM tickets
WHERE room IS NOT NULL
GROUP BY building, room
ORDER BY tickets DESC, building, room
LIMIT 50""",
        needs_text=True,
    ),
    Question(
        "Which tickets has nobody answered?",
        "Tickets that are not closed and to which staff never wrote. The oldest are first.",
        f"""
SELECT id, category, building, priority, opened_at, date_diff('day', opened_at, {NOW}) AS days
FROM tickets
WHERE status <> 'closed' AND first_response_at IS NULL
ORDER BY opened_at, id
LIMIT 100""",
    ),
)
