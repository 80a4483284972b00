-- 005_tokens.sql - tokens for programs, and the end of logins

-- What a program has instead of a login.
CREATE TABLE tokens (
	id		text PRIMARY KEY,	-- t and 16 hex digits
	user_name	text NOT NULL REFERENCES users
			ON UPDATE CASCADE ON DELETE CASCADE,
	name		text NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
	scopes		text NOT NULL,		-- words: read call settings
	secret_hash	text NOT NULL		-- SHA-256 of its secret
			CHECK (secret_hash ~ '^[0-9a-f]{64}$'),
	created		timestamptz NOT NULL DEFAULT now(),
	used		timestamptz		-- last use, within some minutes
);
CREATE INDEX tokens_user ON tokens (user_name);

-- A row of type "revoke" is no event: the relay ends what the data names.
CREATE FUNCTION tokens_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'INSERT' THEN
		INSERT INTO outbox (to_user, type, version, data) VALUES
			(NEW.user_name, 'token.added', 1, jsonb_build_object(
				'id', NEW.id, 'name', NEW.name,
				'scopes', string_to_array(NEW.scopes, ' ')));
		RETURN NEW;
	END IF;
	INSERT INTO outbox (to_user, type, version, data) VALUES
		(OLD.user_name, 'revoke', 1,
		 jsonb_build_object('token', OLD.id)),
		(OLD.user_name, 'token.removed', 2,
		 jsonb_build_object('id', OLD.id));
	RETURN OLD;
END $$;
CREATE TRIGGER tokens_changed AFTER INSERT OR DELETE ON tokens
	FOR EACH ROW EXECUTE FUNCTION tokens_changed();

-- Logins are in Redis. Those of a user who may no longer log in end, and those
-- that were made with another password: `mark` is what fcgi/api/me.c compares.
CREATE FUNCTION users_revoked() RETURNS trigger LANGUAGE plpgsql AS $$
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
			ELSE jsonb_build_object('mark',
				md5(coalesce(NEW.password, '') ||
					extract(epoch FROM NEW.created)))
			END);
	RETURN NEW;
END $$;
CREATE TRIGGER users_deleted AFTER DELETE ON users
	FOR EACH ROW EXECUTE FUNCTION users_revoked();
CREATE TRIGGER users_revoked AFTER UPDATE ON users FOR EACH ROW
	WHEN ((OLD.name, OLD.disabled, OLD.password, OLD.created)
		IS DISTINCT FROM
		(NEW.name, NEW.disabled, NEW.password, NEW.created))
	EXECUTE FUNCTION users_revoked();
