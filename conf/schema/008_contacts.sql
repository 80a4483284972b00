-- 008_contacts.sql - a user's profiles, and the contacts in each

CREATE TABLE profiles (
	id		text PRIMARY KEY,	-- p and 16 hex digits
	user_name	text NOT NULL REFERENCES users
			ON UPDATE CASCADE ON DELETE CASCADE,
	name		text NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
	position	bigint NOT NULL,	-- the first is the default
	version		bigint NOT NULL DEFAULT 1,
	UNIQUE (user_name, name)
);

CREATE TABLE contacts (
	id		text PRIMARY KEY,	-- k and 16 hex digits
	profile		text NOT NULL REFERENCES profiles ON DELETE CASCADE,
	kind		text NOT NULL CHECK (kind IN ('internal', 'tel', 'sip')),
	user_name	text REFERENCES users	-- of an internal one
			ON UPDATE CASCADE ON DELETE CASCADE,
	target		text,			-- number or SIP URI of the others
	name		text NOT NULL DEFAULT '',
	organization	text NOT NULL DEFAULT '',
	heading		text NOT NULL DEFAULT '',	-- its group; '': none
	position	bigint NOT NULL,
	note		text NOT NULL DEFAULT '',
	-- lists: [{"type", "number"}], [{"type", "address"}], [{"type",
	-- "street", "code", "city", "region", "country"}], [{"type", "url"}]
	numbers		jsonb NOT NULL DEFAULT '[]',
	emails		jsonb NOT NULL DEFAULT '[]',
	addresses	jsonb NOT NULL DEFAULT '[]',
	urls		jsonb NOT NULL DEFAULT '[]',
	photo		text,			-- what contact_photos has, or NULL
	version		bigint NOT NULL DEFAULT 1,
	CHECK ((kind = 'internal') = (user_name IS NOT NULL)),
	CHECK ((kind = 'internal') = (target IS NULL))
);
CREATE INDEX contacts_profile ON contacts (profile, position);
CREATE INDEX contacts_user ON contacts (user_name);

CREATE TABLE contact_photos (
	contact		text PRIMARY KEY REFERENCES contacts ON DELETE CASCADE,
	type		text NOT NULL,		-- image/jpeg
	data		bytea NOT NULL CHECK (length(data) <= 262144)
);

CREATE TRIGGER profiles_version BEFORE UPDATE ON profiles
	FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
	EXECUTE FUNCTION row_version();
CREATE TRIGGER contacts_version BEFORE UPDATE ON contacts
	FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
	EXECUTE FUNCTION row_version();

CREATE FUNCTION profile_json(p profiles) RETURNS json
LANGUAGE sql IMMUTABLE AS $$
	SELECT json_build_object('id', p.id, 'name', p.name,
		'position', p.position, 'version', p.version)
$$;

-- The domain comes from outside, so that lists can inline this.
CREATE FUNCTION contact_json(c contacts, domain text) RETURNS json
LANGUAGE sql STABLE AS $$
	SELECT json_build_object('id', c.id, 'profile', c.profile,
		'kind', c.kind, 'to', coalesce(c.user_name, c.target),
		'name', c.name, 'organization', c.organization,
		'heading', c.heading, 'position', c.position,
		'note', c.note, 'numbers', c.numbers, 'emails', c.emails,
		'addresses', c.addresses, 'urls', c.urls,
		'mail', coalesce(c.emails->0->>'address',
			c.user_name || '@' || domain),
		'photo', c.photo, 'version', c.version)
$$;

-- Nobody is told of what goes with its user.
CREATE FUNCTION profiles_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP <> 'DELETE' THEN
		INSERT INTO outbox (to_user, type, version, data) VALUES
			(NEW.user_name, 'profile.changed', NEW.version,
			 profile_json(NEW));
	ELSIF EXISTS (SELECT FROM users WHERE name = OLD.user_name) THEN
		INSERT INTO outbox (to_user, type, version, data) VALUES
			(OLD.user_name, 'profile.removed', OLD.version + 1,
			 jsonb_build_object('id', OLD.id));
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER profiles_changed AFTER INSERT OR DELETE OR UPDATE
	OF name, position ON profiles
	FOR EACH ROW EXECUTE FUNCTION profiles_changed();

-- What goes with its profile is told by profile.removed.
CREATE FUNCTION contacts_changed() RETURNS trigger LANGUAGE plpgsql AS $$
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
			(owner, 'contact.changed', NEW.version, contact_json(
				NEW, (SELECT name FROM domain LIMIT 1)));
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER contacts_changed AFTER INSERT OR DELETE ON contacts
	FOR EACH ROW EXECUTE FUNCTION contacts_changed();
CREATE TRIGGER contacts_updated AFTER UPDATE ON contacts
	FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
	EXECUTE FUNCTION contacts_changed();

-- Everybody has one from the beginning.
CREATE FUNCTION users_have_profile() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO profiles (id, user_name, name, position) VALUES
		('p' || left(replace(gen_random_uuid()::text, '-', ''), 16),
		 NEW.name, 'Default', 1);
	RETURN NULL;
END $$;
CREATE TRIGGER users_have_profile AFTER INSERT ON users
	FOR EACH ROW EXECUTE FUNCTION users_have_profile();

INSERT INTO profiles (id, user_name, name, position)
	SELECT 'p' || left(replace(gen_random_uuid()::text, '-', ''), 16),
		name, 'Default', 1 FROM users;
