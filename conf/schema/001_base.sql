-- 001_base.sql - the truth: domain, nodes, users, devices, settings,
-- call records and the outbox of the event log

CREATE TABLE domain (
	name		text PRIMARY KEY,	-- SIP domain and digest realm
	created		timestamptz NOT NULL DEFAULT now()
);

-- A numbering node: where a user's number is valid, how it dials out.
CREATE TABLE nodes (
	name		text PRIMARY KEY,
	domain		text NOT NULL REFERENCES domain ON UPDATE CASCADE,
	country		text NOT NULL DEFAULT '49',
	area		text NOT NULL DEFAULT '',
	international	text NOT NULL DEFAULT '00',
	"national"	text NOT NULL DEFAULT '0'
);

CREATE TABLE users (
	name		text PRIMARY KEY	-- login name and SIP user part
			CHECK (name ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
	node		text NOT NULL REFERENCES nodes ON UPDATE CASCADE,
	number		text UNIQUE CHECK (number ~ '^[0-9]{1,15}$'),
	display_name	text NOT NULL CHECK (length(display_name) BETWEEN 1 AND 128),
	password	text,			-- crypt(5); NULL: cannot log in (K2)
	admin		boolean NOT NULL DEFAULT false,
	disabled	boolean NOT NULL DEFAULT false,
	version		bigint NOT NULL DEFAULT 1,
	created		timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE devices (
	id		text PRIMARY KEY	-- SIP user part of the registration
			CHECK (id ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
	user_name	text NOT NULL REFERENCES users
			ON UPDATE CASCADE ON DELETE CASCADE,
	text		text NOT NULL,		-- what the user reads
	ha1		text NOT NULL CHECK (ha1 ~ '^[0-9a-f]{32}$'),
	replaces	boolean NOT NULL DEFAULT true,	-- K4: a new binding replaces
						-- the old one, or is refused
	selected	boolean NOT NULL DEFAULT false,
	version		bigint NOT NULL DEFAULT 1,
	created		timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX devices_user ON devices (user_name);
CREATE UNIQUE INDEX devices_selected ON devices (user_name) WHERE selected;

-- A device and a user share one SIP name space: a name means one of them.
CREATE FUNCTION sip_name_is_free() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_TABLE_NAME = 'users' THEN
		PERFORM 1 FROM devices WHERE id = NEW.name;
	ELSE
		PERFORM 1 FROM users WHERE name = NEW.id;
	END IF;
	IF FOUND THEN
		RAISE unique_violation USING MESSAGE = 'this SIP name is taken';
	END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER users_sip_name BEFORE INSERT OR UPDATE OF name ON users
	FOR EACH ROW EXECUTE FUNCTION sip_name_is_free();
CREATE TRIGGER devices_sip_name BEFORE INSERT OR UPDATE OF id ON devices
	FOR EACH ROW EXECUTE FUNCTION sip_name_is_free();

CREATE TABLE settings (
	name		text PRIMARY KEY,
	value		jsonb NOT NULL
);
INSERT INTO settings VALUES ('enabled', 'false');	-- K1

-- One row per user and call; id is the call's id in the API.
CREATE TABLE call_records (
	id		text PRIMARY KEY,
	conversation	text NOT NULL,
	user_name	text NOT NULL,
	device		text,
	direction	text NOT NULL CHECK (direction IN ('in', 'out')),
	peer_number	text,
	peer_name	text,
	peer_uri	text,
	started		timestamptz NOT NULL,
	answered	timestamptz,
	ended		timestamptz NOT NULL,
	ended_by	text NOT NULL CHECK (ended_by IN ('self', 'peer', 'system')),
	sip_status	integer,
	q850		integer,
	reason		text,
	answered_elsewhere text
);
CREATE INDEX call_records_user ON call_records (user_name, started DESC);

-- What changed in SQL and has to reach the event log. A row is written in the
-- transaction of the change, relayed by mypbx-relay and deleted.
CREATE TABLE outbox (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	to_user		text,			-- private to this user, or
	of_user		text,			-- a public fact about this user
	type		text NOT NULL,
	version		bigint NOT NULL,
	data		jsonb NOT NULL
);

CREATE FUNCTION outbox_notify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_notify('outbox', '');
	RETURN NULL;
END $$;
CREATE TRIGGER outbox_notify AFTER INSERT ON outbox
	FOR EACH STATEMENT EXECUTE FUNCTION outbox_notify();

-- The channel "directory" names the user whose rows changed.
CREATE FUNCTION users_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP <> 'INSERT' THEN
		PERFORM pg_notify('directory', OLD.name);
	END IF;
	IF TG_OP = 'DELETE' THEN
		INSERT INTO outbox (of_user, type, version, data) VALUES
			(OLD.name, 'user.removed', OLD.version + 1,
			 jsonb_build_object('name', OLD.name));
		RETURN OLD;
	END IF;
	PERFORM pg_notify('directory', NEW.name);
	INSERT INTO outbox (of_user, type, version, data) VALUES
		(NEW.name, 'user.changed', NEW.version, jsonb_build_object(
			'name', NEW.name, 'number', NEW.number,
			'display_name', NEW.display_name,
			'version', NEW.version));
	RETURN NEW;
END $$;

CREATE FUNCTION row_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.version := OLD.version + 1;
	RETURN NEW;
END $$;
CREATE TRIGGER users_version BEFORE UPDATE ON users
	FOR EACH ROW EXECUTE FUNCTION row_version();
CREATE TRIGGER devices_version BEFORE UPDATE ON devices
	FOR EACH ROW EXECUTE FUNCTION row_version();

-- A password change is nobody's news.
CREATE TRIGGER users_changed AFTER INSERT OR DELETE OR UPDATE
	OF name, node, number, display_name, disabled ON users
	FOR EACH ROW EXECUTE FUNCTION users_changed();

CREATE FUNCTION devices_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'DELETE' THEN
		PERFORM pg_notify('directory', OLD.user_name);
		INSERT INTO outbox (to_user, type, version, data) VALUES
			(OLD.user_name, 'device.removed', OLD.version + 1,
			 jsonb_build_object('id', OLD.id));
		RETURN OLD;
	END IF;
	IF TG_OP = 'UPDATE' AND OLD.user_name <> NEW.user_name THEN
		PERFORM pg_notify('directory', OLD.user_name);
	END IF;
	PERFORM pg_notify('directory', NEW.user_name);
	INSERT INTO outbox (to_user, type, version, data) VALUES
		(NEW.user_name, 'device.changed', NEW.version,
		 jsonb_build_object('id', NEW.id, 'text', NEW.text,
			'selected', NEW.selected, 'version', NEW.version));
	RETURN NEW;
END $$;
CREATE TRIGGER devices_changed AFTER INSERT OR DELETE OR UPDATE
	OF id, user_name, text, selected ON devices
	FOR EACH ROW EXECUTE FUNCTION devices_changed();

-- What Kamailio may read: enough to check a digest, nothing else.
CREATE VIEW sip_auth AS
	SELECT d.id AS device, n.domain AS realm, d.ha1, d.replaces
	FROM devices d
	JOIN users u ON u.name = d.user_name
	JOIN nodes n ON n.name = u.node
	WHERE NOT u.disabled;
