-- 014_looks.sql - who looked at whom, and who else says what somebody does

-- At one user; a row for each pair and way, however often.
CREATE TABLE looks (
	watched		text NOT NULL REFERENCES users
			ON UPDATE CASCADE ON DELETE CASCADE,
	viewer		text NOT NULL REFERENCES users
			ON UPDATE CASCADE ON DELETE CASCADE,
	what		text NOT NULL CHECK (what IN ('user', 'calls', 'search',
			'phone')),
	first		date NOT NULL,
	last		date NOT NULL,
	days		integer NOT NULL,	-- on how many of them
	PRIMARY KEY (watched, viewer, what)
);
CREATE INDEX looks_viewer ON looks (viewer);

-- Whom somebody saw who looked at all: nearly always the same for everybody,
-- and never a row for each that he saw.
CREATE TABLE look_lists (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	others		boolean NOT NULL,	-- all that are not named
	digest		text UNIQUE	-- of both; NULL: is not used again
);

-- For these it is the other way round.
CREATE TABLE look_named (
	list		bigint NOT NULL REFERENCES look_lists ON DELETE CASCADE,
	user_name	text NOT NULL REFERENCES users
			ON UPDATE CASCADE ON DELETE CASCADE,
	PRIMARY KEY (list, user_name)
);
CREATE INDEX look_named_user ON look_named (user_name);

CREATE TABLE looks_at_all (
	viewer		text NOT NULL REFERENCES users
			ON UPDATE CASCADE ON DELETE CASCADE,
	what		text NOT NULL CHECK (what IN ('snapshot', 'events')),
	list		bigint NOT NULL REFERENCES look_lists,
	first		date NOT NULL,
	last		date NOT NULL,
	days		integer NOT NULL,
	PRIMARY KEY (viewer, what, list)
);
CREATE INDEX looks_at_all_list ON looks_at_all (list);

-- A list that has lost a name is another one than its digest says.
CREATE FUNCTION look_named_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE look_lists SET digest = NULL WHERE id = OLD.list;
	RETURN NULL;
END $$;
CREATE TRIGGER look_named_changed AFTER UPDATE OR DELETE ON look_named
	FOR EACH ROW EXECUTE FUNCTION look_named_changed();

-- Whether who has these rights ("7f") knows that there is such a user.
CREATE FUNCTION rights_show(hex text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
	SELECT get_byte(decode(hex, 'hex'), 0) & 63 <> 0
$$;

-- "*=7f bob=00" -> the list that says the same.
CREATE FUNCTION look_list(watch text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	shows_others boolean := coalesce(rights_show(
		substring(watch FROM '(?:^| )\*=([0-9a-f]{2})')), false);
	names text[];
	now_digest text;
	found_id bigint;
BEGIN
	SELECT coalesce(array_agg(u.name ORDER BY u.name COLLATE "C"), '{}')
		INTO names
		FROM regexp_matches(watch, '(?:^| )([^ =*]+)=([0-9a-f]{2})', 'g') m
		JOIN users u ON u.name = m[1]
		WHERE rights_show(m[2]) <> shows_others;
	now_digest := md5(shows_others || ' ' || names::text);
	SELECT id INTO found_id FROM look_lists WHERE digest = now_digest;
	IF found_id IS NULL THEN
		INSERT INTO look_lists (others, digest)
			VALUES (shows_others, now_digest) RETURNING id INTO found_id;
		INSERT INTO look_named SELECT found_id, unnest(names);
	END IF;
	RETURN found_id;
END $$;

-- What stands in Redis, docs/redis.md: "2026-11-28 alice calls bob",
-- "2026-11-28 alice snapshot *=7f bob=00". Of users there are now.
CREATE FUNCTION looks_read(entries jsonb)
RETURNS TABLE (day date, viewer text, what text, whom text)
LANGUAGE sql STABLE AS $$
	SELECT m[1]::date, u.name, m[3], m[4]
	FROM jsonb_array_elements_text(entries) entry,
		regexp_match(entry, '^(\S+) (\S+) (\S+) (.*)$') m
	JOIN users u ON u.name = m[2]
$$;

-- Twice is as good as once: what was told on that day is not counted again.
CREATE FUNCTION looks_take(entries jsonb) RETURNS void LANGUAGE sql AS $$
	INSERT INTO looks AS l
		SELECT u.name, n.viewer, n.what, min(n.day), max(n.day),
			count(DISTINCT n.day)
		FROM looks_read(entries) n JOIN users u ON u.name = n.whom
		WHERE n.what NOT IN ('snapshot', 'events') AND u.name <> n.viewer
		GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
		ON CONFLICT (watched, viewer, what) DO UPDATE SET
			last = excluded.last, days = l.days + excluded.days
		WHERE l.last < excluded.last;
	INSERT INTO looks_at_all AS l
		SELECT n.viewer, n.what, w.list, min(n.day), max(n.day),
			count(DISTINCT n.day)
		FROM looks_read(entries) n JOIN (SELECT whom, look_list(whom) AS list
			FROM (SELECT DISTINCT whom FROM looks_read(entries)
				WHERE what IN ('snapshot', 'events')) texts) w USING (whom)
		WHERE n.what IN ('snapshot', 'events')
		GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
		ON CONFLICT (viewer, what, list) DO UPDATE SET
			last = excluded.last, days = l.days + excluded.days
		WHERE l.last < excluded.last
$$;

CREATE FUNCTION utc_day(at timestamptz) RETURNS date LANGUAGE sql IMMUTABLE AS $$
	SELECT (at AT TIME ZONE 'UTC')::date
$$;

-- Who looked at a user, and how; nothing from before so many days, nor from
-- before he was there: his name may have been that of another one.
CREATE FUNCTION looks_on(whom text, keep_days integer)
RETURNS TABLE (viewer text, what text, first date, last date, days integer)
LANGUAGE sql STABLE AS $$
	WITH me AS MATERIALIZED (
		SELECT greatest(utc_day(created), utc_day(now()) - keep_days)
			AS since FROM users WHERE name = whom
	), found AS (
		SELECT l.viewer, l.what, l.first, l.last, l.days
		FROM looks l WHERE l.watched = whom
		UNION ALL
		SELECT a.viewer, a.what, a.first, a.last, a.days
		FROM looks_at_all a JOIN (SELECT l.id FROM look_lists l
			LEFT JOIN look_named n ON n.list = l.id
				AND n.user_name = whom
			WHERE l.others <> (n.list IS NOT NULL)) l ON l.id = a.list
		WHERE a.viewer <> whom
	), summed AS (
		SELECT f.viewer, f.what, greatest(min(f.first), me.since) AS first,
			max(f.last) AS last, sum(f.days)::integer AS days
		FROM found f, me WHERE f.last >= me.since
		GROUP BY f.viewer, f.what, me.since
	)
	SELECT s.viewer, s.what, s.first, s.last,
		least(s.days, s.last - s.first + 1) FROM summed s
$$;

-- Keep what is not older than so many days.
CREATE FUNCTION looks_forget(keep_days integer) RETURNS void
LANGUAGE sql AS $$
	DELETE FROM looks WHERE last < utc_day(now()) - keep_days
		OR keep_days = 0;
	DELETE FROM looks_at_all WHERE last < utc_day(now()) - keep_days
		OR keep_days = 0;
	DELETE FROM look_lists l WHERE NOT EXISTS (SELECT FROM looks_at_all a
		WHERE a.list = l.id)
$$;

-- A program may say what a user does, too: by its name.
ALTER TABLE presence DROP CONSTRAINT presence_source_check,
	ADD CHECK (length(source) BETWEEN 1 AND 64);
