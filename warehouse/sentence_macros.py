"""SQL macros for the sentences of analyses: they write numbers, months, days and durations as people say them."""

# `decimal_text` is for the other macros: one decimal, and none where it is 0. The limits in `duration_text` are where
# the next smaller unit would be rounded up to a whole one.
SENTENCE_MACROS = """
CREATE TEMP MACRO count_text(number, one, many) AS format('{:,} {}', number::BIGINT, if(number = 1, one, many));
CREATE TEMP MACRO decimal_text(number, one, many) AS
    if(round(number, 1) = round(number), count_text(round(number), one, many), format('{:,.1f} {}', number, many));
CREATE TEMP MACRO month_text(year_and_month) AS strftime(strptime(year_and_month, '%Y-%m'), '%B %Y');
CREATE TEMP MACRO day_text(calendar_day) AS strftime(calendar_day::DATE, '%-d %B %Y');
CREATE TEMP MACRO duration_text(seconds) AS CASE
    WHEN seconds < 59.5 THEN count_text(round(seconds), 'second', 'seconds')
    WHEN seconds < 59.5 * 60 THEN count_text(round(seconds / 60), 'minute', 'minutes')
    WHEN seconds < 2 * 86400 THEN decimal_text(seconds / 3600, 'hour', 'hours')
    WHEN seconds < 730 * 86400 THEN decimal_text(seconds / 86400, 'day', 'days')
    ELSE decimal_text(seconds / 31557600, 'year', 'years') END;
"""
