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
