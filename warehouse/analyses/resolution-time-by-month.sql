/*
title: Resolution time by month
question: How long did it take from opening to closing, on average, by the month of opening?
unit: hours
excludes: Tickets that are not closed yet. A month is provisional until 95 % of its tickets are closed, because the slow ones are still missing.
sentence: >-
  format('It took {} on average to close {}; for those opened in {} it took {}.',
  duration_text(sum(tickets * mean_hours) / sum(tickets) * 3600), count_text(sum(tickets), 'ticket', 'tickets'),
  month_text(max(month)), duration_text(max_by(mean_hours, month) * 3600))
chart: {mark: line, x: month, y: [mean_hours]}
# One row for each month in the campus's time, such as 2012-10, in which a ticket was opened that is closed. The time of a
# reopened ticket runs from its opening to its last closing, nights and weekends included.
columns:
  month: {title: Month of opening}
  tickets: {title: Closed tickets, unit: tickets}
  mean_hours: {title: Mean time to close, unit: hours}
provisional: closed_share
parameters:
  - name: category
    label: Category
    kind: choice
    options: SELECT slug AS value, name AS label FROM category ORDER BY name, slug
  - {name: at_least, label: Months with at least, kind: integer, unit: tickets, minimum: 1, maximum: 100, step: 1, default: 1,
     help: A mean of few tickets says little.}
*/
SELECT strftime(opened_month, '%Y-%m') AS month,
       count(*) FILTER (status = 'closed' AND resolution_seconds IS NOT NULL) AS tickets,
       avg(resolution_seconds) FILTER (status = 'closed') / 3600 AS mean_hours,
       count(*) FILTER (status = 'closed' AND closed_at IS NOT NULL) / count(*) AS closed_share
FROM ticket
WHERE $category::VARCHAR IS NULL OR category_id = (SELECT id FROM category WHERE slug = $category::VARCHAR)
GROUP BY opened_month
HAVING count(*) FILTER (status = 'closed' AND resolution_seconds IS NOT NULL) >= $at_least::INTEGER
ORDER BY opened_month
