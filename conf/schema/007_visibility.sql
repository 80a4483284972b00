-- 007_visibility.sql - groups, and who lets whom see what of him

CREATE TABLE groups (
	name		text PRIMARY KEY
			CHECK (name ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
	created		timestamptz NOT NULL DEFAULT now()
);

-- How somebody belongs to a group: always, or as he likes, at first in or out.
CREATE TYPE member_kind AS ENUM ('static', 'in', 'out');

CREATE TABLE group_members (
	group_name	text NOT NULL REFERENCES groups
			ON UPDATE CASCADE ON DELETE CASCADE,
	user_name	text NOT NULL REFERENCES users
			ON UPDATE CASCADE ON DELETE CASCADE,
	kind		member_kind NOT NULL DEFAULT 'static',
	joined		boolean NOT NULL DEFAULT true,
	active		boolean NOT NULL DEFAULT true,
	version		bigint NOT NULL DEFAULT 1,
	PRIMARY KEY (group_name, user_name),
	CHECK (joined OR kind <> 'static')
);
CREATE INDEX group_members_user ON group_members (user_name);

-- Whom an entry is for. Their order is their precedence.
CREATE TYPE viewer_kind AS ENUM ('user', 'group', 'domain', 'default');

-- Those of a deleted user stay a while: who did not see him must not learn from
-- the log that he was there.
CREATE TABLE visibility (
	owner		text,		-- NULL: of all who have no such entry
	kind		viewer_kind NOT NULL,
	viewer		text NOT NULL CHECK ((viewer = '') = (kind = 'default')),
	rights		integer NOT NULL CHECK (rights BETWEEN 0 AND 127),
	gone		timestamptz	-- when its owner was deleted
);
CREATE UNIQUE INDEX visibility_once
	ON visibility (coalesce(owner, ''), kind, viewer);
CREATE INDEX visibility_viewer ON visibility (kind, viewer);
CREATE INDEX visibility_owner ON visibility (owner);

-- Everybody sees everybody, until an administrator says something else.
INSERT INTO visibility VALUES (NULL, 'default', '', 127);

-- Grows with each transaction that changes who may see what.
CREATE TABLE visibility_state (
	version		bigint NOT NULL,
	xact		bigint NOT NULL		-- that has set it
);
INSERT INTO visibility_state VALUES (1, 0);

-- When each user has changed his entries, as such a version.
CREATE TABLE visibility_owners (
	owner		text PRIMARY KEY REFERENCES users
			ON UPDATE CASCADE ON DELETE CASCADE,
	version		bigint NOT NULL
);

-- "user:bob", "group:sales", "@example.com", "@"
CREATE FUNCTION viewer_word(kind viewer_kind, viewer text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE kind WHEN 'default' THEN '@' WHEN 'domain' THEN '@' || viewer
		ELSE kind || ':' || viewer END
$$;

-- The bits of lib/rights.h as words.
CREATE FUNCTION rights_words(rights integer) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
	SELECT coalesce(jsonb_agg(word ORDER BY i), '[]')
	FROM unnest(ARRAY['visible', 'online', 'presence', 'note', 'on_phone',
		'calls', 'ids']) WITH ORDINALITY AS w(word, i)
	WHERE rights & (1 << (i - 1)::integer) <> 0
$$;

-- Who lets `who` see what of him: the one place where that is decided. A row
-- for each owner with entries of his own that are for `who`, and one named
-- '*' for all others; no row: nothing. An entry for the user himself beats
-- those for his groups, which add up; these beat that for his domain, and
-- that one the default. What an owner says takes the place of what is said for
-- all about the same viewer. `via`: the entries that decided.
CREATE FUNCTION rights_of(who text, only_owner text DEFAULT NULL)
RETURNS TABLE (owner text, rights integer, via text[])
LANGUAGE sql STABLE AS $$
	WITH matching AS MATERIALIZED (
		SELECT v.owner, v.kind, v.viewer, v.rights
		FROM (SELECT 'user'::viewer_kind AS kind, who AS viewer
			UNION ALL SELECT 'group', m.group_name
				FROM group_members m WHERE m.user_name = who
				AND m.joined AND m.active
			UNION ALL SELECT 'domain', n.domain FROM users u
				JOIN nodes n ON n.name = u.node
				WHERE u.name = who
			UNION ALL SELECT 'default', '') w
		JOIN visibility v ON v.kind = w.kind AND v.viewer = w.viewer
		WHERE v.owner IS NULL OR only_owner IS NULL
			OR v.owner = only_owner
	), for_all AS MATERIALIZED (
		SELECT m.kind, m.viewer, m.rights FROM matching m
		WHERE m.owner IS NULL
	), effective AS (
		SELECT DISTINCT ON (e.owner, e.kind, e.viewer) e.*
		FROM (SELECT m.*, false AS of_all FROM matching m
			UNION ALL
			SELECT o.owner, a.kind, a.viewer, a.rights, true
			FROM (SELECT DISTINCT m.owner FROM matching m
				WHERE m.owner IS NOT NULL) o, for_all a) e
		ORDER BY e.owner, e.kind, e.viewer, e.of_all
	), ranked AS (
		SELECT e.*, min(e.kind) OVER (PARTITION BY e.owner) AS first
		FROM effective e
	)
	SELECT coalesce(r.owner, '*'), bit_or(r.rights),
		array_agg(viewer_word(r.kind, r.viewer) ORDER BY r.viewer)
	FROM ranked r WHERE r.kind = r.first GROUP BY r.owner
$$;

-- The same for one owner; a user sees all of himself.
CREATE FUNCTION rights_on(an_owner text, who text) RETURNS integer
LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN an_owner = who THEN 127 ELSE coalesce(
		(SELECT r.rights FROM rights_of(who, an_owner) r
		 ORDER BY r.owner = '*' LIMIT 1), 0) END
$$;

-- The same for all others: the text of watch:<user>, see docs/redis.md.
CREATE FUNCTION watch_list(who text) RETURNS text LANGUAGE sql STABLE AS $$
	WITH r AS MATERIALIZED (SELECT * FROM rights_of(who))
	SELECT coalesce(string_agg(r.owner || '=' ||
		lpad(to_hex(r.rights), 2, '0'), ' ' ORDER BY r.owner COLLATE "C"), '')
	FROM r WHERE r.owner = '*' OR r.rights IS DISTINCT FROM
		coalesce((SELECT s.rights FROM r s WHERE s.owner = '*'), 0)
$$;

-- The same for several: who is named in no entry, nor a group of his, has what
-- all such have.
CREATE FUNCTION watch_lists(names jsonb)
RETURNS TABLE (name text, list text) LANGUAGE sql STABLE AS $$
	WITH followers AS MATERIALIZED (
		SELECT u.name, n.domain, EXISTS (SELECT FROM visibility v
				WHERE v.kind = 'user' AND v.viewer = u.name)
			OR EXISTS (SELECT FROM group_members m
				JOIN visibility v ON v.kind = 'group'
				AND v.viewer = m.group_name
				WHERE m.user_name = u.name
				AND m.joined AND m.active) AS is_named
		FROM users u JOIN nodes n ON n.name = u.node WHERE u.name IN
			(SELECT jsonb_array_elements_text(names))
	), usual AS MATERIALIZED (
		SELECT f.domain, watch_list(min(f.name)) AS list
		FROM followers f WHERE NOT f.is_named GROUP BY f.domain
	)
	SELECT f.name, CASE WHEN f.is_named THEN watch_list(f.name)
		ELSE usual.list END
	FROM followers f LEFT JOIN usual ON usual.domain = f.domain
$$;

-- Entries of an owner, as the API shows them.
CREATE FUNCTION visibility_json(an_owner text) RETURNS jsonb
LANGUAGE sql STABLE AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('for',
		viewer_word(v.kind, v.viewer), 'rights', rights_words(v.rights))
		ORDER BY v.kind, v.viewer), '[]')
	FROM visibility v WHERE v.owner IS NOT DISTINCT FROM an_owner
$$;

-- A version for this transaction.
CREATE FUNCTION visibility_next() RETURNS bigint LANGUAGE sql AS $$
	UPDATE visibility_state SET xact = txid_current(), version =
		greatest(version + 1,
			(extract(epoch FROM clock_timestamp()) * 1000000)::bigint)
		WHERE xact <> txid_current();
	SELECT version FROM visibility_state
$$;

-- A row of type "watch" is no event: the relay writes the watch list of this
-- user anew; '*': of all who are logged in. The bridge hears of it for the
-- phones that watch somebody.
CREATE FUNCTION watch_again(who text, version bigint) RETURNS void
LANGUAGE sql AS $$
	INSERT INTO outbox (to_user, type, version, data)
		VALUES (who, 'watch', version, '{}');
	SELECT pg_notify('rights', who)
$$;

CREATE FUNCTION visibility_tell(an_owner text, now_version bigint)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO visibility_owners AS o SELECT u.name, now_version
		FROM users u WHERE u.name = an_owner
		ON CONFLICT (owner) DO UPDATE SET version = excluded.version
		WHERE o.version <> excluded.version;
	IF FOUND THEN
		INSERT INTO outbox (to_user, type, version, data) VALUES
			(an_owner, 'visibility.changed', now_version,
			 jsonb_build_object('items', visibility_json(an_owner),
				'version', now_version));
	END IF;
END $$;

CREATE FUNCTION visibility_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	entry visibility := coalesce(NEW, OLD);
	now_version bigint := visibility_next();
BEGIN
	PERFORM visibility_tell(entry.owner, now_version);
	IF entry.kind = 'user' THEN
		PERFORM watch_again(entry.viewer, now_version);
	ELSIF entry.kind = 'group' THEN
		PERFORM watch_again(m.user_name, now_version)
			FROM group_members m WHERE m.group_name = entry.viewer
			AND m.joined AND m.active;
	ELSE
		PERFORM watch_again('*', now_version);
	END IF;
	RETURN NULL;
END $$;

-- At the end of the transaction, when all is as it will be.
CREATE CONSTRAINT TRIGGER visibility_changed AFTER INSERT OR DELETE
	OR UPDATE OF owner, kind, viewer, rights
	ON visibility DEFERRABLE INITIALLY DEFERRED
	FOR EACH ROW EXECUTE FUNCTION visibility_changed();

-- Entries of a user who is gone do not become those of the next one of his
-- name. After a day the log does not know of him any more.
CREATE FUNCTION owner_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'DELETE' THEN
		UPDATE visibility SET gone = now() WHERE owner = OLD.name;
		DELETE FROM visibility WHERE gone < now() - interval '1 day';
	ELSE
		DELETE FROM visibility WHERE owner = NEW.name;
	END IF;
	IF TG_OP = 'UPDATE' THEN
		UPDATE visibility SET owner = NEW.name WHERE owner = OLD.name;
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER users_owner_changed AFTER INSERT OR DELETE ON users
	FOR EACH ROW EXECUTE FUNCTION owner_changed();
CREATE TRIGGER users_owner_renamed AFTER UPDATE ON users FOR EACH ROW
	WHEN (OLD.name <> NEW.name) EXECUTE FUNCTION owner_changed();

CREATE FUNCTION member_json(m group_members) RETURNS jsonb
LANGUAGE sql STABLE AS $$
	SELECT jsonb_build_object('name', m.group_name, 'kind', m.kind,
		'joined', m.joined, 'active', m.active, 'version', m.version)
$$;

CREATE FUNCTION members_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP <> 'INSERT'
			AND NEW.group_name IS DISTINCT FROM OLD.group_name THEN
		INSERT INTO outbox (to_user, type, version, data) VALUES
			(OLD.user_name, 'group.removed', OLD.version + 1,
			 jsonb_build_object('name', OLD.group_name));
	END IF;
	IF TG_OP <> 'DELETE' THEN
		INSERT INTO outbox (to_user, type, version, data) VALUES
			(NEW.user_name, 'group.changed', NEW.version,
			 member_json(NEW));
	END IF;
	PERFORM watch_again(coalesce(NEW.user_name, OLD.user_name),
		visibility_next());
	RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER members_changed AFTER INSERT OR UPDATE OR DELETE
	ON group_members DEFERRABLE INITIALLY DEFERRED
	FOR EACH ROW EXECUTE FUNCTION members_changed();
CREATE TRIGGER members_version BEFORE UPDATE ON group_members
	FOR EACH ROW EXECUTE FUNCTION row_version();

-- Entries go with whom they are for: who gets his name later gets none of it.
CREATE FUNCTION viewer_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'DELETE' THEN
		DELETE FROM visibility WHERE kind = TG_ARGV[0]::viewer_kind
			AND viewer = OLD.name;
	ELSE
		UPDATE visibility SET viewer = NEW.name
			WHERE kind = TG_ARGV[0]::viewer_kind
			AND viewer = OLD.name;
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER users_viewer_gone AFTER DELETE OR UPDATE OF name ON users
	FOR EACH ROW EXECUTE FUNCTION viewer_gone('user');
CREATE TRIGGER groups_viewer_gone AFTER DELETE OR UPDATE OF name ON groups
	FOR EACH ROW EXECUTE FUNCTION viewer_gone('group');

-- Who is of another domain now sees what is let to that one.
CREATE FUNCTION viewer_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM watch_again(CASE TG_TABLE_NAME WHEN 'users' THEN NEW.name
		ELSE '*' END, visibility_next());
	RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER users_viewer_moved AFTER UPDATE OF node
	ON users DEFERRABLE INITIALLY DEFERRED
	FOR EACH ROW WHEN (OLD.node <> NEW.node)
	EXECUTE FUNCTION viewer_moved();
CREATE CONSTRAINT TRIGGER nodes_viewer_moved AFTER UPDATE OF domain
	ON nodes DEFERRABLE INITIALLY DEFERRED
	FOR EACH ROW WHEN (OLD.domain <> NEW.domain)
	EXECUTE FUNCTION viewer_moved();
