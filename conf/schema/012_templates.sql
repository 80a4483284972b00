-- 012_templates.sql - what users have who say nothing themselves

-- What is empty is inherited, from the parent, and so on.
CREATE TABLE templates (
	name		text PRIMARY KEY
			CHECK (name ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
	parent		text REFERENCES templates
			ON UPDATE CASCADE DEFERRABLE,
	dnd		boolean,
	busy_on		integer CHECK (busy_on BETWEEN 1 AND 99),
	no_answer_s	integer CHECK (no_answer_s BETWEEN 5 AND 180),
	mobile		text CHECK (mobile ~ '^[+][1-9][0-9]{3,14}$'),
	mobile_on	boolean NOT NULL DEFAULT false,
	mobile_delay_s	integer NOT NULL DEFAULT 0
			CHECK (mobile_delay_s BETWEEN 0 AND 30),
	diversions	jsonb CHECK (jsonb_typeof(diversions) = 'array'),
	version		bigint NOT NULL DEFAULT 1,
	CHECK (mobile IS NOT NULL OR NOT mobile_on)
);
CREATE INDEX templates_parent ON templates (parent);

CREATE TABLE template_visibility (
	template	text REFERENCES templates
			ON UPDATE CASCADE ON DELETE CASCADE,
	kind		viewer_kind NOT NULL,
	viewer		text NOT NULL CHECK ((viewer = '') = (kind = 'default')),
	rights		integer NOT NULL CHECK (rights BETWEEN 0 AND 127),
	PRIMARY KEY (template, kind, viewer)
);
CREATE INDEX template_visibility_viewer ON template_visibility (kind, viewer);

ALTER TABLE users ADD COLUMN
	template	text REFERENCES templates
			ON UPDATE CASCADE DEFERRABLE;
CREATE INDEX users_template ON users (template) WHERE template IS NOT NULL;

-- Until now nobody could say "no" on his own account.
ALTER TABLE user_settings DISABLE TRIGGER USER;
ALTER TABLE user_settings
	ALTER dnd DROP NOT NULL, ALTER dnd DROP DEFAULT,
	ALTER diversions DROP NOT NULL, ALTER diversions DROP DEFAULT;
UPDATE user_settings SET dnd = nullif(dnd, false),
	diversions = nullif(diversions, '[]')
	WHERE NOT dnd OR diversions = '[]';
ALTER TABLE user_settings ENABLE TRIGGER USER;

-- A mobile that is inherited can be selected, too.
ALTER TABLE user_settings DROP CONSTRAINT user_settings_check,
	ADD CONSTRAINT user_settings_mobile
	CHECK (mobile IS NOT NULL OR NOT mobile_on);

-- --- what is inherited -------------------------------------------------------

-- Each template with those that it takes something from: itself, its parent,
-- and so on, up to four references.
CREATE VIEW template_lines AS
	SELECT a.name AS template, l.ancestor, l.depth
	FROM templates a
	LEFT JOIN templates b ON b.name = a.parent
	LEFT JOIN templates c ON c.name = b.parent
	LEFT JOIN templates d ON d.name = c.parent
	LEFT JOIN templates e ON e.name = d.parent,
	LATERAL (VALUES (a.name, 0), (b.name, 1), (c.name, 2), (d.name, 3),
		(e.name, 4)) AS l(ancestor, depth)
	WHERE l.ancestor IS NOT NULL;

-- What a template gives. A mobile is one thing, with when it rings.
CREATE VIEW template_settings AS
	SELECT t.name, t.dnd, t.busy_on, t.no_answer_s, (t.m).mobile,
		(t.m).mobile_on, (t.m).mobile_delay_s, t.diversions
	FROM (SELECT a.name,
		coalesce(a.dnd, b.dnd, c.dnd, d.dnd, e.dnd) AS dnd,
		coalesce(a.busy_on, b.busy_on, c.busy_on, d.busy_on,
			e.busy_on) AS busy_on,
		coalesce(a.no_answer_s, b.no_answer_s, c.no_answer_s,
			d.no_answer_s, e.no_answer_s) AS no_answer_s,
		CASE WHEN a.mobile IS NOT NULL THEN a
			WHEN b.mobile IS NOT NULL THEN b
			WHEN c.mobile IS NOT NULL THEN c
			WHEN d.mobile IS NOT NULL THEN d ELSE e END AS m,
		coalesce(a.diversions, b.diversions, c.diversions,
			d.diversions, e.diversions) AS diversions
		FROM templates a
		LEFT JOIN templates b ON b.name = a.parent
		LEFT JOIN templates c ON c.name = b.parent
		LEFT JOIN templates d ON d.name = c.parent
		LEFT JOIN templates e ON e.name = d.parent) t;

-- What counts for each user: the one place where that is decided. `inherited`:
-- what he does not say himself.
CREATE VIEW effective_settings AS
	SELECT s.user_name,
		coalesce(s.dnd, t.dnd, false) AS dnd,
		coalesce(s.busy_on, t.busy_on) AS busy_on,
		coalesce(s.no_answer_s, t.no_answer_s) AS no_answer_s,
		coalesce(s.mobile, t.mobile) AS mobile,
		CASE WHEN s.mobile IS NULL THEN coalesce(t.mobile_on, false)
			ELSE s.mobile_on END AS mobile_on,
		CASE WHEN s.mobile IS NULL THEN coalesce(t.mobile_delay_s, 0)
			ELSE s.mobile_delay_s END AS mobile_delay_s,
		s.mobile_selected AND coalesce(s.mobile, t.mobile) IS NOT NULL
			AS mobile_selected,
		coalesce(s.diversions, t.diversions, '[]') AS diversions,
		array_remove(ARRAY[
			CASE WHEN s.dnd IS NULL THEN 'dnd' END,
			CASE WHEN s.busy_on IS NULL THEN 'busy_on' END,
			CASE WHEN s.no_answer_s IS NULL THEN 'no_answer_s' END,
			CASE WHEN s.mobile IS NULL THEN 'mobile' END,
			CASE WHEN s.diversions IS NULL THEN 'diversions' END],
			NULL) AS inherited,
		s.version
	FROM user_settings s
	JOIN users u ON u.name = s.user_name
	LEFT JOIN template_settings t ON t.name = u.template;

CREATE FUNCTION settings_json(e effective_settings) RETURNS jsonb
LANGUAGE sql STABLE AS $$
	SELECT jsonb_build_object(
		'dnd', e.dnd, 'busy_on', e.busy_on,
		'no_answer_s', e.no_answer_s,
		'mobile', CASE WHEN e.mobile IS NOT NULL THEN
			jsonb_build_object('number', e.mobile,
				'on', e.mobile_on, 'delay_s', e.mobile_delay_s)
			END,
		'diversions', e.diversions, 'inherited', to_jsonb(e.inherited),
		'version', e.version)
$$;

-- In plpgsql, here and below, the views are planned once.
CREATE OR REPLACE FUNCTION settings_json(s user_settings) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT settings_json(e) FROM effective_settings e
		WHERE e.user_name = s.user_name);
END $$;

-- A template as the API shows it: its own, without what it inherits.
CREATE FUNCTION template_json(t templates) RETURNS jsonb
LANGUAGE sql STABLE AS $$
	SELECT jsonb_build_object('name', t.name, 'parent', t.parent,
		'dnd', t.dnd, 'busy_on', t.busy_on,
		'no_answer_s', t.no_answer_s,
		'mobile', CASE WHEN t.mobile IS NOT NULL THEN
			jsonb_build_object('number', t.mobile,
				'on', t.mobile_on, 'delay_s', t.mobile_delay_s)
			END,
		'diversions', t.diversions,
		'visibility', (SELECT coalesce(jsonb_agg(jsonb_build_object(
			'for', viewer_word(v.kind, v.viewer),
			'rights', rights_words(v.rights))
			ORDER BY v.kind, v.viewer), '[]')
			FROM template_visibility v WHERE v.template = t.name),
		'users', (SELECT count(*) FROM users WHERE template = t.name),
		'version', t.version)
$$;

-- --- who hears of it ---------------------------------------------------------

CREATE FUNCTION mobile_tell(names text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO outbox (to_user, type, version, data)
		SELECT e.user_name, CASE WHEN e.mobile IS NULL
			THEN 'device.removed' ELSE 'device.changed' END,
			e.version, CASE WHEN e.mobile IS NULL
			THEN jsonb_build_object('id', 'mobile')
			ELSE jsonb_build_object('id', 'mobile',
				'kind', 'mobile', 'text', e.mobile,
				'selected', e.mobile_selected,
				'version', e.version) END
		FROM effective_settings e WHERE e.user_name = ANY(names);
END $$;

CREATE OR REPLACE FUNCTION mobile_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM mobile_tell(ARRAY[NEW.user_name]);
	RETURN NULL;
END $$;

-- Their settings are other ones although they did not change them.
-- @param with_mobile  that may be another one, where it is inherited
CREATE FUNCTION settings_inherited(names text[], with_mobile boolean)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	UPDATE user_settings SET version = version + 1
		WHERE user_name = ANY(names);
	INSERT INTO outbox (to_user, type, version, data)
		SELECT e.user_name, 'settings.changed', e.version,
			settings_json(e) FROM effective_settings e
		WHERE e.user_name = ANY(names);
	IF with_mobile THEN
		PERFORM mobile_tell(ARRAY(SELECT s.user_name
			FROM user_settings s
			WHERE s.user_name = ANY(names) AND s.mobile IS NULL));
	END IF;
END $$;

-- --- templates ---------------------------------------------------------------

-- One who changes them waits for the other: together they might close a circle.
CREATE FUNCTION templates_one_by_one() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_advisory_xact_lock('templates'::regclass::oid::bigint);
	RETURN NULL;
END $$;
CREATE TRIGGER templates_one_by_one BEFORE INSERT OR UPDATE ON templates
	FOR EACH STATEMENT EXECUTE FUNCTION templates_one_by_one();

CREATE FUNCTION templates_nest() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	in_circle text;
	too_deep text;
BEGIN
	WITH RECURSIVE up AS (
		SELECT name, parent AS at, 1 AS refs FROM templates
			WHERE parent IS NOT NULL
		UNION ALL SELECT u.name, t.parent, u.refs + 1
			FROM up u JOIN templates t ON t.name = u.at
			WHERE t.parent IS NOT NULL AND u.refs < 5
			AND u.at <> u.name
	) SELECT min(name) FILTER (WHERE at = name),
		min(name) FILTER (WHERE refs = 5)
		INTO in_circle, too_deep FROM up;
	IF in_circle IS NOT NULL THEN
		RAISE check_violation USING CONSTRAINT = 'templates_circle',
			MESSAGE = 'template "' || in_circle ||
				'" would inherit from itself';
	ELSIF too_deep IS NOT NULL THEN
		RAISE check_violation USING CONSTRAINT = 'templates_depth',
			MESSAGE = 'more than four templates above "' ||
				too_deep || '"';
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER templates_nest AFTER INSERT OR UPDATE ON templates
	FOR EACH STATEMENT EXECUTE FUNCTION templates_nest();

CREATE TRIGGER templates_version BEFORE UPDATE ON templates
	FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
	EXECUTE FUNCTION row_version();

-- One word for all who read settings, however many have the template: an empty
-- name in the channel "directory" is everybody.
CREATE FUNCTION templates_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	changed text[];
	with_mobile boolean;
BEGIN
	SELECT array_agg(n.name), bool_or((o.parent, o.mobile)
			IS DISTINCT FROM (n.parent, n.mobile))
		INTO changed, with_mobile
		FROM before o JOIN after n USING (name)
		WHERE (o.parent, o.dnd, o.busy_on, o.no_answer_s, o.mobile,
			o.mobile_on, o.mobile_delay_s, o.diversions)
		IS DISTINCT FROM (n.parent, n.dnd, n.busy_on, n.no_answer_s,
			n.mobile, n.mobile_on, n.mobile_delay_s, n.diversions);
	IF changed IS NOT NULL THEN
		PERFORM settings_inherited(ARRAY(SELECT DISTINCT u.name
			FROM users u JOIN template_lines l
			ON l.template = u.template
			WHERE l.ancestor = ANY(changed)), with_mobile);
		PERFORM pg_notify('directory', '');
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER templates_changed AFTER UPDATE ON templates
	REFERENCING OLD TABLE AS before NEW TABLE AS after
	FOR EACH STATEMENT EXECUTE FUNCTION templates_changed();

-- --- who sees what -----------------------------------------------------------

-- One word is enough for all that a transaction changes.
DELETE FROM outbox a USING outbox b WHERE a.type = 'watch'
	AND b.type = 'watch' AND a.to_user = b.to_user
	AND a.version = b.version AND a.id > b.id;
CREATE UNIQUE INDEX outbox_watch ON outbox (to_user, version)
	WHERE type = 'watch';
CREATE OR REPLACE FUNCTION watch_again(who text, version bigint) RETURNS void
LANGUAGE sql AS $$
	INSERT INTO outbox (to_user, type, version, data)
		VALUES (who, 'watch', version, '{}') ON CONFLICT DO NOTHING;
	SELECT pg_notify('rights', who)
$$;

CREATE FUNCTION watch_viewer(kind viewer_kind, viewer text,
	now_version bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF kind = 'user' THEN
		PERFORM watch_again(viewer, now_version);
	ELSIF kind = 'group' THEN
		PERFORM watch_again(m.user_name, now_version)
			FROM group_members m WHERE m.group_name = viewer
			AND m.joined AND m.active;
	ELSE
		PERFORM watch_again('*', now_version);
	END IF;
END $$;

CREATE OR REPLACE FUNCTION visibility_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
	entry visibility := coalesce(NEW, OLD);
	now_version bigint := visibility_next();
BEGIN
	PERFORM visibility_tell(entry.owner, now_version);
	PERFORM watch_viewer(entry.kind, entry.viewer, now_version);
	RETURN NULL;
END $$;

CREATE FUNCTION template_visibility_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
	entry template_visibility := coalesce(NEW, OLD);
BEGIN
	UPDATE templates SET version = version + 1
		WHERE name = entry.template;
	PERFORM watch_viewer(entry.kind, entry.viewer, visibility_next());
	RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER template_visibility_changed
	AFTER INSERT OR DELETE OR UPDATE
	ON template_visibility DEFERRABLE INITIALLY DEFERRED
	FOR EACH ROW EXECUTE FUNCTION template_visibility_changed();

-- Those whom a template says something about.
CREATE FUNCTION template_watch(a_template text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM watch_viewer(v.kind, v.viewer, visibility_next())
		FROM (SELECT DISTINCT v.kind, v.viewer FROM template_lines l
			JOIN template_visibility v ON v.template = l.ancestor
			WHERE l.template = a_template) v;
END $$;

-- Another parent: other entries, of all below.
CREATE FUNCTION template_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM template_watch(OLD.parent);
	PERFORM template_watch(NEW.parent);
	RETURN NULL;
END $$;
CREATE TRIGGER template_moved AFTER UPDATE ON templates
	FOR EACH ROW WHEN (OLD.parent IS DISTINCT FROM NEW.parent)
	EXECUTE FUNCTION template_moved();

-- Its name comes before users_changed: colleagues who may not know of a user
-- have their new lists before he is an event.
CREATE FUNCTION template_given() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM template_watch(NEW.template);
	IF TG_OP = 'UPDATE' AND OLD.template <> NEW.template
			OR NEW.template IS NULL THEN
		PERFORM template_watch(OLD.template);
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER template_given AFTER INSERT ON users
	FOR EACH ROW WHEN (NEW.template IS NOT NULL)
	EXECUTE FUNCTION template_given();
CREATE TRIGGER template_given_later AFTER UPDATE OF name, template ON users
	FOR EACH ROW WHEN ((OLD.name, OLD.template)
		IS DISTINCT FROM (NEW.name, NEW.template))
	EXECUTE FUNCTION template_given();

-- Their settings, of all at once; when they are many, everybody is read anew.
CREATE FUNCTION templates_given() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	names text[];
	with_mobile boolean;
BEGIN
	SELECT array_agg(n.name), bool_or(was.mobile IS DISTINCT FROM is_now.mobile)
		INTO names, with_mobile
		FROM before o JOIN after n USING (name)
		LEFT JOIN template_settings was ON was.name = o.template
		LEFT JOIN template_settings is_now ON is_now.name = n.template
		WHERE o.template IS DISTINCT FROM n.template;
	IF names IS NULL THEN
		RETURN NULL;
	END IF;
	PERFORM settings_inherited(names, with_mobile);
	IF cardinality(names) > 100 THEN
		PERFORM pg_notify('directory', '');
	ELSE
		PERFORM pg_notify('directory', name) FROM unnest(names) name;
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER templates_given AFTER UPDATE ON users
	REFERENCING OLD TABLE AS before NEW TABLE AS after
	FOR EACH STATEMENT EXECUTE FUNCTION templates_given();

-- Entries that are for somebody, by whoever.
CREATE VIEW visibility_viewers AS
	SELECT kind, viewer FROM visibility
	UNION ALL SELECT kind, viewer FROM template_visibility;

-- As before, and between what an owner says and what is said for all comes what
-- his template says, that one's parent, and so on.
CREATE OR REPLACE FUNCTION rights_of(who text, only_owner text DEFAULT NULL)
RETURNS TABLE (owner text, rights integer, via text[])
LANGUAGE plpgsql STABLE AS $$	-- which keeps its plan
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH viewers AS (
		SELECT 'user'::viewer_kind AS kind, who AS viewer
		UNION ALL SELECT 'group', m.group_name FROM group_members m
			WHERE m.user_name = who AND m.joined AND m.active
		UNION ALL SELECT 'domain', n.domain FROM users u
			JOIN nodes n ON n.name = u.node WHERE u.name = who
		UNION ALL SELECT 'default', ''
	), matching AS MATERIALIZED (
		SELECT v.owner, v.kind, v.viewer, v.rights, -1 AS depth
		FROM viewers w
		JOIN visibility v ON v.kind = w.kind AND v.viewer = w.viewer
		WHERE v.owner IS NULL OR only_owner IS NULL
			OR v.owner = only_owner
		UNION ALL SELECT u.name, v.kind, v.viewer, v.rights, l.depth
		FROM viewers w
		JOIN template_visibility v ON v.kind = w.kind
			AND v.viewer = w.viewer
		JOIN template_lines l ON l.ancestor = v.template
		JOIN users u ON u.template = l.template
		WHERE only_owner IS NULL OR u.name = only_owner
	), for_all AS MATERIALIZED (
		SELECT m.kind, m.viewer, m.rights FROM matching m
		WHERE m.owner IS NULL
	), effective AS (
		SELECT DISTINCT ON (e.owner, e.kind, e.viewer) e.*
		FROM (SELECT m.* FROM matching m
			UNION ALL
			SELECT o.owner, a.kind, a.viewer, a.rights, 9
			FROM (SELECT DISTINCT m.owner FROM matching m
				WHERE m.owner IS NOT NULL) o, for_all a) e
		ORDER BY e.owner, e.kind, e.viewer, e.depth
	), ranked AS (
		SELECT e.*, min(e.kind) OVER (PARTITION BY e.owner) AS first
		FROM effective e
	)
	SELECT coalesce(r.owner, '*'), bit_or(r.rights),
		array_agg(viewer_word(r.kind, r.viewer) ORDER BY r.viewer)
	FROM ranked r WHERE r.kind = r.first GROUP BY r.owner;
END $$;

CREATE OR REPLACE FUNCTION watch_lists(names jsonb)
RETURNS TABLE (name text, list text) LANGUAGE sql STABLE AS $$
	WITH followers AS MATERIALIZED (
		SELECT u.name, n.domain, EXISTS (SELECT FROM visibility_viewers v
				WHERE v.kind = 'user' AND v.viewer = u.name)
			OR EXISTS (SELECT FROM group_members m
				JOIN visibility_viewers v ON v.kind = 'group'
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

-- What a template gives of it; NULL: nothing.
CREATE FUNCTION template_entries(a_template text)
RETURNS TABLE (kind viewer_kind, viewer text, rights integer)
LANGUAGE sql STABLE AS $$
	SELECT DISTINCT ON (v.kind, v.viewer) v.kind, v.viewer, v.rights
		FROM template_lines l
		JOIN template_visibility v ON v.template = l.ancestor
		WHERE l.template = a_template
		ORDER BY v.kind, v.viewer, l.depth
$$;

-- What counts for the viewers that a user does not name himself.
CREATE FUNCTION visibility_preset(an_owner text) RETURNS jsonb
LANGUAGE sql STABLE AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('for',
		viewer_word(p.kind, p.viewer), 'rights', rights_words(p.rights))
		ORDER BY p.kind, p.viewer), '[]')
	FROM (SELECT DISTINCT ON (e.kind, e.viewer) e.*
		FROM (SELECT t.*, 0 AS depth FROM users u,
			template_entries(u.template) t WHERE u.name = an_owner
			UNION ALL SELECT v.kind, v.viewer, v.rights, 1
			FROM visibility v WHERE v.owner IS NULL) e
		ORDER BY e.kind, e.viewer, e.depth) p
$$;

-- As before; what his template says goes with him, too.
CREATE OR REPLACE FUNCTION owner_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'DELETE' THEN
		UPDATE visibility SET gone = now() WHERE owner = OLD.name;
		INSERT INTO visibility (owner, kind, viewer, rights, gone)
			SELECT OLD.name, t.*, now()
			FROM template_entries(OLD.template) t
			ON CONFLICT DO NOTHING;
		DELETE FROM visibility WHERE gone < now() - interval '1 day';
	ELSE
		DELETE FROM visibility WHERE owner = NEW.name;
	END IF;
	IF TG_OP = 'UPDATE' THEN
		UPDATE visibility SET owner = NEW.name WHERE owner = OLD.name;
	END IF;
	RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION viewer_gone() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	of_kind viewer_kind := TG_ARGV[0];
BEGIN
	IF TG_OP = 'DELETE' THEN
		DELETE FROM visibility WHERE kind = of_kind
			AND viewer = OLD.name;
		DELETE FROM template_visibility WHERE kind = of_kind
			AND viewer = OLD.name;
	ELSE
		UPDATE visibility SET viewer = NEW.name
			WHERE kind = of_kind AND viewer = OLD.name;
		UPDATE template_visibility SET viewer = NEW.name
			WHERE kind = of_kind AND viewer = OLD.name;
	END IF;
	RETURN NULL;
END $$;
