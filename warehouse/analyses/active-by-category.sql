/*
title: Active by category
question: How many tickets are being worked on, in each category?
unit: tickets
excludes: Tickets that are open and not begun, and closed ones.
sentence: >-
  format(if(count(*) = 1, '{0} active, {3} {2}.', '{0} active; the most, {1:,}, in {2}.'),
  count_text(sum(tickets), 'ticket is', 'tickets are'), max(tickets),
  max_by((SELECT name FROM category WHERE slug = answer.category), tickets), if(sum(tickets) = 1, 'in', 'all of them in'))
chart: {mark: bar, x: category, y: [tickets]}
# One row for each category that has active tickets, named by its slug, the largest first.
columns:
  category: {title: Category}
  tickets: {title: Active tickets, unit: tickets}
parameters:
  - {name: older_than, label: Opened at least, kind: integer, unit: days ago, minimum: 0, maximum: 365, step: 1, default: 0}
*/
SELECT category.slug AS category, count(*) AS tickets
FROM ticket JOIN category ON category.id = ticket.category_id
WHERE ticket.status = 'active'
  AND ($older_than::INTEGER = 0 OR ticket.opened_at <= $as_of::TIMESTAMP - to_days($older_than::INTEGER))
GROUP BY category.slug
ORDER BY tickets DESC, category.slug
