-- 016_ready.sql - what every snapshot asks for, without computing it anew

-- A contact as the API shows it, made when it changes: a profile of hundreds
-- is read at each start of a page. (The domain of its mail never changes.)
ALTER TABLE contacts ADD ready text;

CREATE FUNCTION contacts_write() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.ready := contact_json(NEW, (SELECT name FROM domain LIMIT 1));
	RETURN NEW;
END $$;

ALTER TABLE contacts DISABLE TRIGGER USER;	-- nothing has changed
UPDATE contacts c SET ready =
	contact_json(c, (SELECT name FROM domain LIMIT 1));
ALTER TABLE contacts ENABLE TRIGGER USER;
ALTER TABLE contacts ALTER ready SET NOT NULL;

-- Its name puts it behind contacts_version.
CREATE TRIGGER contacts_write BEFORE INSERT OR UPDATE ON contacts
	FOR EACH ROW EXECUTE FUNCTION contacts_write();

CREATE OR REPLACE FUNCTION contacts_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
	owner text := (SELECT user_name FROM profiles
		WHERE id = coalesce(NEW.profile, OLD.profile));
BEGIN
	IF owner IS NULL THEN
		RETURN NULL;
	ELSIF TG_OP = 'DELETE' THEN
		INSERT INTO outbox (to_user, type, version, data) VALUES
			(owner, 'contact.removed', OLD.version + 1,
			 jsonb_build_object('id', OLD.id,
				'profile', OLD.profile));
	ELSE
		INSERT INTO outbox (to_user, type, version, data) VALUES
			(owner, 'contact.changed', NEW.version,
			 NEW.ready::jsonb);
	END IF;
	RETURN NULL;
END $$;

-- What a search for a name or number looks at: each word after a space, each
-- thing on a line of its own. Compared byte by byte; the index has all that a
-- search of a colleague reads, so that one that finds nobody does not read the
-- users.
ALTER TABLE users ADD search text COLLATE "C" NOT NULL GENERATED ALWAYS AS
	(E'\n ' || name || E'\n ' || coalesce(number, '') || E'\n ' ||
	lower(display_name)) STORED;
CREATE INDEX users_search ON users (name)
	INCLUDE (search, number, display_name, version, disabled);
