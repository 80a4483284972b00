-- 002_directory_news.sql - who keeps users hears of every change to them
--
-- A password or the right of an administrator is no event for colleagues, but
-- the API asks PostgreSQL again only when it hears of a change.
CREATE FUNCTION users_secretly_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_notify('directory', NEW.name);
	RETURN NULL;
END $$;
CREATE TRIGGER users_secretly_changed AFTER UPDATE OF password, admin, created
	ON users FOR EACH ROW EXECUTE FUNCTION users_secretly_changed();
