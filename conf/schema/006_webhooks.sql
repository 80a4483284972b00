-- 006_webhooks.sql - who is told of events by HTTP, and what he was not told

CREATE TABLE webhooks (
	id		text PRIMARY KEY,
	name		text NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
	user_name	text REFERENCES users	-- whose events; NULL: all
			ON UPDATE CASCADE ON DELETE CASCADE,
	trusted		boolean NOT NULL,	-- made by the administrator
	url		text NOT NULL,
	format		text NOT NULL
			CHECK (format IN ('mypbx', 'sipgate', 'zammad')),
	types		text NOT NULL DEFAULT '',	-- words; '': all
	enabled		boolean NOT NULL DEFAULT true,
	why		text,			-- who disabled it, if not people
	secret		text NOT NULL,		-- signs; hence not hashed
	secret_before	text,			-- signs, too, for a day
	rotated		timestamptz,
	behind		text,			-- cursor: read the log from here
	version		bigint NOT NULL DEFAULT 1,
	created		timestamptz NOT NULL DEFAULT now(),
	CHECK (trusted OR user_name IS NOT NULL)
);
CREATE UNIQUE INDEX webhooks_name ON webhooks (name) WHERE trusted;
CREATE UNIQUE INDEX webhooks_own_name ON webhooks (user_name, name)
	WHERE NOT trusted;

CREATE TABLE webhook_dead (
	webhook		text NOT NULL REFERENCES webhooks ON DELETE CASCADE,
	cursor		text NOT NULL,		-- of the event
	event		jsonb NOT NULL,		-- fields of the queue's entry
	why		text NOT NULL,
	tries		integer NOT NULL,
	gave_up		timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (webhook, cursor)
);
CREATE INDEX webhook_dead_age ON webhook_dead (gave_up);

CREATE TRIGGER webhooks_version BEFORE UPDATE
	OF name, url, format, types, enabled, secret ON webhooks
	FOR EACH ROW EXECUTE FUNCTION row_version();

-- The channel "webhooks" names the one that changed.
CREATE FUNCTION webhooks_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_notify('webhooks', coalesce(NEW.id, OLD.id));
	RETURN NULL;
END $$;
CREATE TRIGGER webhooks_changed AFTER INSERT OR DELETE OR UPDATE
	OF name, user_name, url, format, types, enabled, secret ON webhooks
	FOR EACH ROW EXECUTE FUNCTION webhooks_changed();

-- Who may not log in is not told by his own webhooks either.
CREATE FUNCTION users_switched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_notify('webhooks', id) FROM webhooks
		WHERE user_name = NEW.name;
	RETURN NULL;
END $$;
CREATE TRIGGER users_switched AFTER UPDATE OF disabled ON users
	FOR EACH ROW EXECUTE FUNCTION users_switched();

CREATE FUNCTION stamp(t timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT to_char(t AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

-- A webhook as its owner sees it.
CREATE FUNCTION webhook_json(w webhooks) RETURNS jsonb
LANGUAGE sql STABLE AS $$
	SELECT jsonb_build_object(
		'id', w.id, 'name', w.name, 'url', w.url, 'format', w.format,
		'types', to_jsonb(string_to_array(w.types, ' ')),
		'enabled', w.enabled, 'why', w.why, 'version', w.version,
		'created', stamp(w.created),
		'dead', (SELECT count(*) FROM webhook_dead d
			WHERE d.webhook = w.id))
$$;
