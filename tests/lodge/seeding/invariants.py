"""What must hold between the tables of a seeded desk: each query finds the rows that break its rule."""

LAST = """(SELECT e.{value} FROM ticket_event e WHERE e.ticket_id = t.id AND e.kind = '{kind}'
            ORDER BY e.occurred_at DESC, e.id DESC LIMIT 1)"""
LAST_STATUS, LAST_STAGE = (LAST.format(kind=kind, value="to_value") for kind in ("status", "stage"))
LAST_ASSIGNEE = LAST.format(kind="assignee", value="to_person_id")

INVARIANTS = {
    "the status is where the history ends": f"""
        SELECT FROM ticket t WHERE coalesce({LAST_STATUS}, 'open') <> t.status""",
    "the stage is where the history ends": f"""
        SELECT FROM ticket t JOIN stage s ON s.id = t.stage_id WHERE coalesce({LAST_STAGE}, 'to-do') <> s.slug""",
    "the stage belongs to the status": """
        SELECT FROM ticket t JOIN stage s ON s.id = t.stage_id WHERE s.status <> t.status""",
    "the assignee is the last one assigned": f"""
        SELECT FROM ticket t WHERE t.assignee_id IS DISTINCT FROM {LAST_ASSIGNEE}""",
    "the team is the last one that it was put into": f"""
        SELECT FROM ticket t LEFT JOIN team ON team.id = t.team_id
        WHERE team.slug IS DISTINCT FROM {LAST.format(kind="team", value="to_value")}""",
    "people are told by their ids": """
        SELECT FROM ticket_event WHERE kind = 'assignee' AND (from_value, to_value) IS DISTINCT FROM (NULL, NULL)""",
    "the last closing counts": """
        SELECT FROM ticket t WHERE t.status = 'closed' AND t.closed_at IS DISTINCT FROM (
            SELECT max(occurred_at) FROM ticket_event e
            WHERE e.ticket_id = t.id AND e.kind = 'status' AND e.to_value = 'closed')""",
    "every ticket was opened once, by its requester": """
        SELECT FROM ticket t WHERE 1 <> (
            SELECT count(*) FROM ticket_event e WHERE e.ticket_id = t.id AND e.kind = 'opened'
            AND e.occurred_at = t.opened_at AND e.actor_id = t.requester_id AND e.to_value = 'open')""",
    "each change begins where the one before it ended": """
        SELECT FROM (SELECT coalesce(from_value, from_person_id::text) AS from_value,
                            lag(coalesce(to_value, to_person_id::text)) OVER line AS before,
                            row_number() OVER line AS place
                     FROM ticket_event WHERE kind IN ('status', 'stage', 'assignee', 'team')
                     WINDOW line AS (PARTITION BY ticket_id, kind ORDER BY occurred_at, id)) AS steps
        WHERE place > 1 AND before IS DISTINCT FROM from_value""",
    "nothing happened before the opening or after the last change": """
        SELECT FROM ticket_event e JOIN ticket t ON t.id = e.ticket_id
        WHERE e.occurred_at NOT BETWEEN t.opened_at AND t.modified_at""",
    "modified is the latest event or public message": """
        SELECT FROM ticket t WHERE t.modified_at <> greatest(t.last_message_at,
            (SELECT max(occurred_at) FROM ticket_event e WHERE e.ticket_id = t.id))""",
    "the last message is the last public one": """
        SELECT FROM ticket t LEFT JOIN LATERAL (
            SELECT created_at, author_id FROM message m WHERE m.ticket_id = t.id AND NOT m.is_internal
            ORDER BY created_at DESC, id DESC LIMIT 1) AS last ON true
        WHERE (t.last_message_at, t.last_message_author_id) IS DISTINCT FROM (last.created_at, last.author_id)""",
    "the first response is the first public message of staff": """
        SELECT FROM ticket t WHERE t.first_response_at IS DISTINCT FROM (
            SELECT min(created_at) FROM message m
            WHERE m.ticket_id = t.id AND NOT m.is_internal AND m.author_role <> 'student')""",
    "whose turn it is follows from the last public message": """
        SELECT FROM ticket t WHERE t.waits_for IS DISTINCT FROM CASE
            WHEN t.status = 'closed' THEN NULL
            WHEN t.last_message_author_id IS NULL OR t.last_message_author_id = t.requester_id THEN 'desk'
            ELSE 'requester' END""",
    "nobody speaks before the opening, nor in public after the closing": """
        SELECT FROM message m JOIN ticket t ON t.id = m.ticket_id
        WHERE m.created_at < t.opened_at OR (NOT m.is_internal AND m.created_at > t.closed_at)""",
    "requesters speak as students, staff do not": """
        SELECT FROM message m JOIN ticket t ON t.id = m.ticket_id
        WHERE (m.author_role = 'student') <> (m.author_id = t.requester_id)
        OR (m.is_internal AND m.author_role = 'student')""",
    "a requester's message ends the pause": """
        SELECT FROM message m WHERE m.author_role = 'student' AND (SELECT slug FROM stage WHERE waits_for_requester) = (
            SELECT e.to_value FROM ticket_event e WHERE e.ticket_id = m.ticket_id AND e.kind = 'stage'
            AND e.occurred_at <= m.created_at ORDER BY e.occurred_at DESC, e.id DESC LIMIT 1)""",
    "threads are one level deep and answer what is public and earlier": """
        SELECT FROM message m JOIN message a ON a.id = m.reply_to_id
        WHERE a.ticket_id <> m.ticket_id OR a.reply_to_id IS NOT NULL OR a.is_internal
        OR a.created_at > m.created_at""",
    "the history's category is the ticket's": """
        SELECT FROM ticket_event e JOIN ticket t ON t.id = e.ticket_id JOIN category c ON c.id = t.category_id
        WHERE e.kind = 'category' AND e.to_value <> c.slug""",
    "the history's priority is the ticket's": """
        SELECT FROM ticket_event e JOIN ticket t ON t.id = e.ticket_id WHERE e.kind = 'priority'
        AND e.to_value <> (ARRAY['low', 'normal', 'high', 'urgent'])[t.priority + 1]""",
    "the history's tags are the ticket's": """
        SELECT FROM (SELECT ticket_id, string_agg(tag, ', ' ORDER BY tag) AS tags FROM ticket_tag GROUP BY 1) AS tagged
        FULL JOIN (SELECT * FROM ticket_event WHERE kind = 'tags') AS e USING (ticket_id)
        WHERE e.to_value IS DISTINCT FROM tags""",
    "tags are counted as the tickets have them": """
        SELECT FROM (SELECT tag, is_confidential, count(*) AS tickets
                     FROM ticket_tag JOIN ticket ON ticket.id = ticket_id GROUP BY 1, 2) AS tagged
        FULL JOIN (SELECT tag, is_confidential, sum(tickets) AS tickets FROM tag_use GROUP BY 1, 2) AS counted
        USING (tag, is_confidential) WHERE counted.tickets IS DISTINCT FROM tagged.tickets""",
    "both tickets tell their link": """
        SELECT FROM (SELECT ticket_id, other_id FROM ticket_link
                     UNION SELECT other_id, ticket_id FROM ticket_link) AS ends
        FULL JOIN (SELECT * FROM ticket_event WHERE kind = 'link') AS e
        ON (e.ticket_id, e.other_ticket_id) = (ends.ticket_id, ends.other_id)
        WHERE e.ticket_id IS NULL OR ends.ticket_id IS NULL""",
    "what is confidential was made so": """
        SELECT FROM ticket t WHERE t.is_confidential <> EXISTS (
            SELECT FROM ticket_event e WHERE e.ticket_id = t.id AND e.kind = 'confidential' AND e.to_value = 'true')""",
    "staff chose the category where the history says so": """
        SELECT FROM ticket_event e JOIN ticket t ON t.id = e.ticket_id
        WHERE e.kind = 'category' AND t.category_by <> 'staff'""",
    "every report of the last year has a prediction, made when it came": """
        SELECT FROM ticket t LEFT JOIN ticket_prediction p ON p.ticket_id = t.id
        WHERE (p.predicted_at IS NULL AND t.opened_at > '2025-11-21Z') OR p.predicted_at <> t.opened_at""",
    "what was predicted is where a ticket stands that nobody chose for": """
        SELECT FROM ticket t JOIN ticket_prediction p ON p.ticket_id = t.id
        WHERE t.category_by = 'predicted' AND p.category_id <> t.category_id""",
    "what staff corrected was predicted to be what it was before": """
        SELECT FROM ticket_event e JOIN ticket_prediction p ON p.ticket_id = e.ticket_id
        JOIN category c ON c.id = p.category_id WHERE e.kind = 'category' AND e.from_value <> c.slug""",
    "probabilities sum to 1, and the likeliest is the predicted one": """
        SELECT FROM ticket_prediction p CROSS JOIN LATERAL (
            SELECT sum(value::numeric) AS whole, max(value::numeric) AS top
            FROM jsonb_each_text(p.probabilities)) AS shares
        WHERE whole <> 1 OR top <> p.confidence::numeric
        OR (p.probabilities ->> p.category_id::text)::numeric <> top""",
    "how sure a prediction was follows from its probability": """
        SELECT FROM ticket_prediction WHERE sureness <> CASE
            WHEN confidence >= 0.8 THEN 'sure' WHEN confidence >= 0.6 THEN 'likely' ELSE 'unsure' END""",
    "a report counts itself and who confirmed it": """
        SELECT FROM ticket t
        WHERE t.reports <> 1 + (SELECT count(*) FROM ticket_confirmation c WHERE c.ticket_id = t.id)""",
    "others confirm what they may, while it is not closed": """
        SELECT FROM ticket_confirmation c JOIN ticket t ON t.id = c.ticket_id
        WHERE c.person_id = t.requester_id OR t.is_confidential
        OR c.confirmed_at NOT BETWEEN t.opened_at AND coalesce(t.closed_at, 'infinity')""",
    "numbers rise with time": """
        SELECT FROM (SELECT opened_at, lag(opened_at) OVER (ORDER BY id) AS before FROM ticket) AS steps
        WHERE before > opened_at""",
    "the sequences are past the rows": """
        SELECT WHERE nextval('ticket_id_seq') <= (SELECT max(id) FROM ticket)
        OR nextval('message_id_seq') <= (SELECT max(id) FROM message)""",
    "the change feed has a line for every row": """
        SELECT row_id FROM change WHERE op = 'insert' AND table_name = 'message' EXCEPT ALL SELECT id FROM message
        UNION ALL (SELECT id FROM ticket EXCEPT ALL SELECT row_id FROM change WHERE table_name = 'ticket')
        UNION ALL (SELECT id FROM ticket_event
                   EXCEPT ALL SELECT row_id FROM change WHERE table_name = 'ticket_event')""",
}
