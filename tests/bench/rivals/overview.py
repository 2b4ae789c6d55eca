"""The overview from the events themselves, in plain SQL that PostgreSQL and DuckDB both read.

Each statement answers one panel for `{org}` and the local days `{first}` to `{last}`, both included.
"""

THERE = "org_id = {org} AND day BETWEEN '{first}' AND '{last}'"
SPOKEN = "kind IN ('message', 'response') AND conversation <> ''"

DAYS = f"""
SELECT day, count(*) FILTER (WHERE kind = 'message'), count(*) FILTER (WHERE kind = 'response'),
    count(*) FILTER (WHERE kind = 'file'), count(*) FILTER (WHERE kind = 'integration_call'),
    count(*) FILTER (WHERE kind = 'refusal'), count(*) FILTER (WHERE kind = 'error'),
    sum(tokens_in), sum(tokens_out), sum(cost_nanos),
    count(DISTINCT member) FILTER (WHERE kind = 'message' AND member <> 0),
    count(DISTINCT conversation) FILTER (WHERE {SPOKEN})
FROM analytics_event WHERE {THERE} GROUP BY day ORDER BY day"""

PEOPLE = f"""
SELECT count(DISTINCT member) FILTER (WHERE kind = 'message' AND member <> 0),
    count(DISTINCT conversation) FILTER (WHERE {SPOKEN})
FROM analytics_event WHERE {THERE}"""

HOURS = f"""
SELECT day, hour, count(*) FROM analytics_event WHERE {THERE} AND kind = 'message' GROUP BY day, hour"""

MODELS = f"""
SELECT model, count(*), sum(cost_nanos), sum(tokens_in), sum(tokens_out)
FROM analytics_event WHERE {THERE} AND kind = 'response' GROUP BY model"""

INTEGRATIONS = f"""
WITH active AS (SELECT DISTINCT member FROM analytics_event WHERE {THERE} AND kind = 'message' AND member <> 0)
SELECT integration, count(DISTINCT member) FROM analytics_event
WHERE {THERE} AND kind = 'integration_call' AND integration <> '' AND member IN (SELECT member FROM active)
GROUP BY integration"""

USE_CASES = f"""
WITH named AS (
    SELECT DISTINCT ON (conversation) conversation, use_case FROM analytics_event
    WHERE org_id = {{org}} AND {SPOKEN} AND use_case <> '' ORDER BY conversation, "at", id
), seen AS (SELECT DISTINCT conversation FROM analytics_event WHERE {THERE} AND {SPOKEN})
SELECT coalesce(named.use_case, ''), count(*) FROM seen LEFT JOIN named USING (conversation) GROUP BY 1"""

WORKSPACES = f"""
SELECT workspace, count(*) FROM analytics_event WHERE {THERE} AND kind = 'message' GROUP BY workspace"""

UNATTRIBUTED = f"""
SELECT count(*), count(*) FILTER (WHERE kind = 'message') FROM analytics_event WHERE {THERE} AND member = 0"""

PANELS = {
    "days": DAYS,
    "people": PEOPLE,
    "hours": HOURS,
    "models": MODELS,
    "integrations": INTEGRATIONS,
    "use_cases": USE_CASES,
    "workspaces": WORKSPACES,
    "unattributed": UNATTRIBUTED,
}
BEFORE = {"days before": DAYS, "people before": PEOPLE, "hours before": HOURS}
