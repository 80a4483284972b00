-- 003_call_settings.sql - what a user wants done with his calls, and the
-- exchange line of a node

-- "0" where people dial 0 for a line; national and international then begin
-- with it: "00", "000".
ALTER TABLE nodes ADD COLUMN
	subscriber	text NOT NULL DEFAULT '';

-- Each user has exactly one row.
CREATE TABLE user_settings (
	user_name	text PRIMARY KEY REFERENCES users
			ON UPDATE CASCADE ON DELETE CASCADE,
	dnd		boolean NOT NULL DEFAULT false,
	busy_on		integer			-- that many calls; NULL: never
			CHECK (busy_on BETWEEN 1 AND 99),
	no_answer_s	integer			-- NULL: the node's ring_s
			CHECK (no_answer_s BETWEEN 5 AND 180),
	mobile		text			-- canonical
			CHECK (mobile ~ '^[+][1-9][0-9]{3,14}$'),
	mobile_on	boolean NOT NULL DEFAULT false,
	mobile_delay_s	integer NOT NULL DEFAULT 0
			CHECK (mobile_delay_s BETWEEN 0 AND 30),
	mobile_selected	boolean NOT NULL DEFAULT false,
	-- in the user's order: [{"when": "always", "busy" or "no_answer",
	-- "from": "all", "internal" or "external", "priority", "to"}]
	diversions	jsonb NOT NULL DEFAULT '[]'
			CHECK (jsonb_typeof(diversions) = 'array'),
	version		bigint NOT NULL DEFAULT 1,
	CHECK (mobile IS NOT NULL OR NOT (mobile_on OR mobile_selected))
);

INSERT INTO user_settings (user_name) SELECT name FROM users;

CREATE FUNCTION users_have_settings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO user_settings (user_name) VALUES (NEW.name);
	RETURN NULL;
END $$;
CREATE TRIGGER users_have_settings AFTER INSERT ON users
	FOR EACH ROW EXECUTE FUNCTION users_have_settings();

CREATE TRIGGER user_settings_version BEFORE UPDATE ON user_settings
	FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
	EXECUTE FUNCTION row_version();

-- The settings as the API shows them.
CREATE FUNCTION settings_json(s user_settings) RETURNS jsonb
LANGUAGE sql STABLE AS $$
	SELECT jsonb_build_object(
		'dnd', s.dnd, 'busy_on', s.busy_on,
		'no_answer_s', s.no_answer_s,
		'mobile', CASE WHEN s.mobile IS NOT NULL THEN
			jsonb_build_object('number', s.mobile,
				'on', s.mobile_on, 'delay_s', s.mobile_delay_s)
			END,
		'diversions', s.diversions, 'version', s.version)
$$;

CREATE FUNCTION settings_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_notify('directory', NEW.user_name);
	INSERT INTO outbox (to_user, type, version, data) VALUES
		(NEW.user_name, 'settings.changed', NEW.version,
		 settings_json(NEW));
	RETURN NULL;
END $$;
CREATE TRIGGER settings_changed AFTER UPDATE ON user_settings
	FOR EACH ROW WHEN
		((OLD.dnd, OLD.busy_on, OLD.no_answer_s, OLD.mobile,
		  OLD.mobile_on, OLD.mobile_delay_s, OLD.diversions)
		 IS DISTINCT FROM
		 (NEW.dnd, NEW.busy_on, NEW.no_answer_s, NEW.mobile,
		  NEW.mobile_on, NEW.mobile_delay_s, NEW.diversions))
	EXECUTE FUNCTION settings_changed();

-- The mobile is a device of its user, without a row among the phones.
CREATE FUNCTION mobile_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.mobile IS NULL THEN
		INSERT INTO outbox (to_user, type, version, data) VALUES
			(NEW.user_name, 'device.removed', NEW.version,
			 jsonb_build_object('id', 'mobile'));
	ELSE
		INSERT INTO outbox (to_user, type, version, data) VALUES
			(NEW.user_name, 'device.changed', NEW.version,
			 jsonb_build_object('id', 'mobile', 'kind', 'mobile',
				'text', NEW.mobile,
				'selected', NEW.mobile_selected,
				'version', NEW.version));
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER mobile_changed AFTER UPDATE ON user_settings
	FOR EACH ROW WHEN ((OLD.mobile, OLD.mobile_selected)
		IS DISTINCT FROM (NEW.mobile, NEW.mobile_selected))
	EXECUTE FUNCTION mobile_changed();

-- That is the mobile's id with everybody.
ALTER TABLE devices ADD CONSTRAINT devices_id_mobile
	CHECK (id <> 'mobile') NOT VALID;

-- As before, and `kind`.
CREATE OR REPLACE FUNCTION devices_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
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
		 jsonb_build_object('id', NEW.id, 'kind', 'phone',
			'text', NEW.text, 'selected', NEW.selected,
			'version', NEW.version));
	RETURN NEW;
END $$;

-- An empty name in the channel "directory": a node has changed.
CREATE FUNCTION nodes_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_notify('directory', '');
	RETURN NULL;
END $$;
CREATE TRIGGER nodes_changed AFTER UPDATE ON nodes
	FOR EACH STATEMENT EXECUTE FUNCTION nodes_changed();
