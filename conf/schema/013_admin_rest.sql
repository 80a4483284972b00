-- 013_admin_rest.sql - roles of users; the audit log can be searched

ALTER TABLE users ADD COLUMN
	role		text NOT NULL DEFAULT 'user'
			CHECK (role IN ('user', 'operator', 'admin'));
UPDATE users SET role = 'admin' WHERE admin;
DROP TRIGGER users_secretly_changed ON users;
ALTER TABLE users DROP COLUMN admin;
CREATE TRIGGER users_secretly_changed AFTER UPDATE OF mark, role
	ON users FOR EACH ROW EXECUTE FUNCTION users_secretly_changed();

-- A page of the audit log, newest first, is the end of one of these.
CREATE INDEX audit_at ON audit (at, id);
CREATE INDEX audit_who ON audit (who, at, id);
CREATE INDEX audit_object ON audit (object, at, id);
