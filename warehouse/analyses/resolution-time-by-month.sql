/*
title: Resolution time by month
question: How long did it take from opening to closing, on average, by the month of opening?
unit: hours
excludes: Tickets that are not closed yet. Recent months look quicker than they will be, until their slow tickets are closed too.
sentence: >-
  format('{:,} closed {} of these months took {:,.1f} hours on average; those opened in {} took {:,.1f}.',
  sum(tickets)::BIGINT, if(sum(tickets) = 1, 'ticket', 'tickets'), sum(tickets * mean_hours) / sum(tickets), max(month), max_by(mean_hours, month))
chart: {mark: line, x: month, y: [mean_hours]}
# One row for each month in the campus's time, such as 2012-10. The time of a reopened ticket runs from its opening to
# its last closing, nights and weekends included.
columns:
  month: {title: Month of opening}
  tickets: {title: Closed tickets, unit: tickets}
  mean_hours: {title: Mean time to close, unit: hours}
parameters:
  - name: category
    label: Category
    kind: choice
    options: SELECT slug AS value, name AS label FROM category ORDER BY name, slug
  - {name: at_least, label: Months with at least, kind: integer, unit: tickets, minimum: 1, maximum: 100, step: 1, default: 1,
     help: A mean of few tickets says little.}
*/
SELECT strftime(opened_month, '%Y-%m') AS month, count(*) AS tickets, avg(resolution_seconds) / 3600 AS mean_hours
FROM ticket
WHERE status = 'closed' AND resolution_seconds IS NOT NULL
  AND ($category::VARCHAR IS NULL OR category_id = (SELECT id FROM category WHERE slug = $category::VARCHAR))
GROUP BY opened_month
HAVING count(*) >= $at_least::INTEGER
ORDER BY opened_month
