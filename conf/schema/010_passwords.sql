-- 010_passwords.sql - passwords that their users change

INSERT INTO settings VALUES ('password_policy',
	'{"min_length": 8, "classes": 1, "change": true}');

-- A login keeps the mark it was made with and ends with it; so the user who
-- changes his password may keep his logins, and a better hash of the same
-- password ends none. The first mark is what logins have had until now.
ALTER TABLE users ADD COLUMN
	mark		text;
UPDATE users SET mark = md5(coalesce(password, '') ||
	extract(epoch FROM created));
ALTER TABLE users ALTER COLUMN mark SET NOT NULL;
ALTER TABLE users ALTER COLUMN mark
	SET DEFAULT md5(gen_random_uuid()::text);

CREATE OR REPLACE FUNCTION users_revoked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'DELETE' THEN
		INSERT INTO outbox (to_user, type, version, data) VALUES
			(OLD.name, 'revoke', 1, '{}');
		RETURN OLD;
	END IF;
	IF OLD.name <> NEW.name THEN
		INSERT INTO outbox (to_user, type, version, data) VALUES
			(OLD.name, 'revoke', 1, '{}');
	END IF;
	INSERT INTO outbox (to_user, type, version, data) VALUES
		(NEW.name, 'revoke', 1, CASE WHEN NEW.disabled THEN '{}'
			ELSE jsonb_build_object('mark', NEW.mark) END);
	RETURN NEW;
END $$;
DROP TRIGGER users_revoked ON users;
CREATE TRIGGER users_revoked AFTER UPDATE ON users FOR EACH ROW
	WHEN ((OLD.name, OLD.disabled, OLD.mark)
		IS DISTINCT FROM (NEW.name, NEW.disabled, NEW.mark))
	EXECUTE FUNCTION users_revoked();

DROP TRIGGER users_secretly_changed ON users;
CREATE TRIGGER users_secretly_changed AFTER UPDATE OF mark, admin
	ON users FOR EACH ROW EXECUTE FUNCTION users_secretly_changed();

-- Whose secret a device registers with: its own, which its user may renew; the
-- user's password; or one that only an administrator changes (K5).
ALTER TABLE devices ADD COLUMN
	secret		text NOT NULL DEFAULT 'own'
			CHECK (secret IN ('own', 'user', 'admin'));
ALTER TABLE devices ALTER COLUMN ha1 DROP NOT NULL;

CREATE OR REPLACE VIEW sip_auth AS
	SELECT d.id AS device, n.domain AS realm, d.ha1, d.replaces
	FROM devices d
	JOIN users u ON u.name = d.user_name
	JOIN nodes n ON n.name = u.node
	WHERE NOT u.disabled AND d.ha1 IS NOT NULL;

-- Who has registered with the old secret has to come again.
CREATE FUNCTION devices_revoked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO outbox (to_user, type, version, data) VALUES
		(NEW.user_name, 'revoke', 1,
		 jsonb_build_object('device', NEW.id));
	RETURN NEW;
END $$;
CREATE TRIGGER devices_revoked AFTER UPDATE ON devices FOR EACH ROW
	WHEN (OLD.ha1 IS NOT NULL AND OLD.ha1 IS DISTINCT FROM NEW.ha1)
	EXECUTE FUNCTION devices_revoked();

-- Of a version everybody hears: a new secret makes none.
DROP TRIGGER devices_version ON devices;
CREATE TRIGGER devices_version BEFORE UPDATE
	OF id, user_name, text, replaces, selected ON devices
	FOR EACH ROW EXECUTE FUNCTION row_version();

-- A second factor, RFC 6238.
CREATE TABLE totp (
	user_name	text PRIMARY KEY REFERENCES users
			ON UPDATE CASCADE ON DELETE CASCADE,
	secret		text NOT NULL,		-- base32, as the app has it
	confirmed	boolean NOT NULL DEFAULT false,
	used_step	bigint NOT NULL DEFAULT 0	-- no code counts twice
);

-- Each instead of a code, once.
CREATE TABLE recovery_codes (
	user_name	text REFERENCES totp
			ON UPDATE CASCADE ON DELETE CASCADE,
	code_hash	text NOT NULL,		-- SHA-256
	PRIMARY KEY (user_name, code_hash)
);
