-- 015_pickup.sql - a group is picked up as a whole

-- Whose calls `who` may take because they are active in a group as he is, in
-- that one or in any (NULL): a watch list that names each of them. NULL: he is
-- not active in such a group.
CREATE FUNCTION pickup_list(who text, a_group text) RETURNS text
LANGUAGE sql STABLE AS $$
	WITH mine AS MATERIALIZED (
		SELECT m.group_name FROM group_members m
		WHERE m.user_name = who AND m.joined AND m.active
			AND (a_group IS NULL OR m.group_name = a_group)
	), members AS (
		SELECT DISTINCT m.user_name AS name
		FROM mine JOIN group_members m USING (group_name)
		WHERE m.joined AND m.active AND m.user_name <> who
	), r AS MATERIALIZED (
		SELECT * FROM rights_of(who)
	), seen AS (
		SELECT m.name, coalesce(r.rights, (SELECT s.rights FROM r s
			WHERE s.owner = '*'), 0) AS rights
		FROM members m LEFT JOIN r ON r.owner = m.name
	)
	SELECT CASE WHEN a_group IS NULL OR EXISTS (SELECT FROM mine) THEN
		coalesce(string_agg(s.name || '=' || lpad(to_hex(s.rights), 2,
			'0'), ' ' ORDER BY s.name COLLATE "C"), '') END
	FROM seen s WHERE s.rights & 32 <> 0
$$;

-- Contacts at other domains, which somebody may look at.
CREATE INDEX contacts_external ON contacts (profile) WHERE kind = 'sip';
