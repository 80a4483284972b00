-- 009_presence.sql - what users say of themselves, and their calendars of them

-- Each user has exactly one row. Nothing is said when `since` is NULL, and the
-- calendar says nothing when `calendar_from` is.
CREATE TABLE presence (
	user_name	text PRIMARY KEY REFERENCES users
			ON UPDATE CASCADE ON DELETE CASCADE,
	activity	text CHECK (length(activity) BETWEEN 1 AND 64),
	note		text CHECK (length(note) BETWEEN 1 AND 256),
	since		timestamptz,
	until		timestamptz,		-- NULL: until it is changed
	source		text CHECK (source IN ('user', 'phone')),
	calendar_activity text CHECK (length(calendar_activity) BETWEEN 1 AND 64),
	calendar_note	text CHECK (length(calendar_note) BETWEEN 1 AND 256),
	calendar_from	timestamptz,
	calendar_until	timestamptz,
	-- grows also when a name is given again
	version		bigint NOT NULL DEFAULT
			extract(epoch FROM clock_timestamp()) * 1000,
	CHECK ((since IS NULL) = (activity IS NULL AND note IS NULL)),
	CHECK ((since IS NULL) = (source IS NULL)),
	CHECK (since IS NOT NULL OR until IS NULL),
	CHECK (num_nulls(calendar_activity, calendar_from, calendar_until)
		IN (0, 3)),
	CHECK (calendar_from IS NOT NULL OR calendar_note IS NULL)
);
CREATE INDEX presence_until ON presence (until);
CREATE INDEX presence_calendar_until ON presence (calendar_until);

INSERT INTO presence (user_name) SELECT name FROM users;

CREATE FUNCTION users_have_presence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO presence (user_name) VALUES (NEW.name);
	RETURN NULL;
END $$;
CREATE TRIGGER users_have_presence AFTER INSERT ON users
	FOR EACH ROW EXECUTE FUNCTION users_have_presence();

CREATE FUNCTION presence_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.version := greatest(OLD.version + 1,
		extract(epoch FROM clock_timestamp()) * 1000);
	RETURN NEW;
END $$;
CREATE TRIGGER presence_version BEFORE UPDATE ON presence
	FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
	EXECUTE FUNCTION presence_version();

-- The row as presence.set_changed tells it.
CREATE FUNCTION presence_json(p presence) RETURNS jsonb
LANGUAGE sql STABLE AS $$
	SELECT jsonb_build_object('user', p.user_name,
		'own', CASE WHEN p.since IS NOT NULL THEN jsonb_build_object(
			'activity', p.activity, 'note', p.note,
			'since', stamp(p.since), 'until', stamp(p.until),
			'source', p.source) END,
		'calendar', CASE WHEN p.calendar_from IS NOT NULL THEN
			jsonb_build_object('activity', p.calendar_activity,
				'note', p.calendar_note,
				'from', stamp(p.calendar_from),
				'until', stamp(p.calendar_until)) END,
		'version', p.version)
$$;

CREATE FUNCTION presence_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_notify('directory', NEW.user_name);
	INSERT INTO outbox (of_user, type, version, data) VALUES
		(NEW.user_name, 'presence.set_changed', NEW.version,
		 presence_json(NEW));
	RETURN NULL;
END $$;
CREATE TRIGGER presence_changed AFTER UPDATE ON presence
	FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
	EXECUTE FUNCTION presence_changed();

-- Who is removed takes his words along; told before he is.
CREATE FUNCTION users_fall_silent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE presence SET activity = NULL, note = NULL, since = NULL,
		until = NULL, source = NULL, calendar_activity = NULL,
		calendar_note = NULL, calendar_from = NULL,
		calendar_until = NULL WHERE user_name = OLD.name;
	RETURN OLD;
END $$;
CREATE TRIGGER users_fall_silent BEFORE DELETE ON users
	FOR EACH ROW EXECUTE FUNCTION users_fall_silent();
