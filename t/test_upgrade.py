"""test_upgrade.py - a database of before is what it was after `migrate`"""

import json
import os

import pytest

from conftest import TOP

SCHEMA = os.path.join(TOP, "conf", "schema")
# What there was in a database of such a version, in SQL of then.
OFFICE = """
INSERT INTO domain VALUES ('example.com');
INSERT INTO nodes (name, domain) VALUES ('main', 'example.com');
INSERT INTO users (name, node, number, display_name, admin) VALUES
    ('alice', 'main', '21', 'Älice', true),
    ('bob', 'main', NULL, 'Bob "x"', false);
INSERT INTO devices (id, user_name, text, ha1)
    VALUES ('alice-desk', 'alice', 'Desk', md5('x'));
UPDATE user_settings SET dnd = true, busy_on = 2, diversions =
    '[{"when": "always", "from": "all", "priority": 1, "to": "bob"}]'
    WHERE user_name = 'alice';
UPDATE user_settings SET mobile = '+491711234567', mobile_on = true
    WHERE user_name = 'bob';
INSERT INTO contacts (id, profile, kind, target, name, position, numbers)
    SELECT 'k000000000000000' || i, p.id, 'tel', '+4930' || i, 'C' || i, i,
    '[{"type": "work", "number": "+49301"}]'
    FROM generate_series(0, 9) i, profiles p WHERE user_name = 'alice';
INSERT INTO contacts (id, profile, kind, user_name, position)
    SELECT 'kffffffffffffffff', id, 'internal', 'bob', 99
    FROM profiles WHERE user_name = 'alice';
UPDATE presence SET activity = 'away', since = now(), source = 'user'
    WHERE user_name = 'bob';
INSERT INTO groups (name) VALUES ('sales');
INSERT INTO group_members (group_name, user_name) VALUES ('sales', 'bob');
INSERT INTO visibility (owner, kind, viewer, rights)
    VALUES ('bob', 'user', 'alice', 3), ('alice', 'group', 'sales', 64);
DELETE FROM outbox;
INSERT INTO outbox (to_user, type, version, data)
    VALUES ('bob', 'watch', 7, '{}'), ('bob', 'watch', 7, '{}');
"""


@pytest.fixture(scope="module")
def world(new_world):
    """One whose database is as 011_admin.sql left it."""
    world = new_world(programs=("postgres",))
    world.psql("DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
               "CREATE TABLE schema_migrations (name text PRIMARY KEY,"
               " applied timestamptz NOT NULL DEFAULT now())")
    for name in sorted(os.listdir(SCHEMA)):
        if name < "012":
            with open(os.path.join(SCHEMA, name), encoding="utf-8") as file:
                world.psql(file.read())
            world.psql("INSERT INTO schema_migrations (name)"
                       f" VALUES ('{name}')")
    world.psql(OFFICE)
    assert world.ctl("migrate").count("applied ") == len(
        [name for name in os.listdir(SCHEMA) if "012" <= name < "999"])
    return world


def rows(world, sql):
    return [json.loads(line) for line in world.psql(sql).splitlines()]


def test_nobody_is_told_of_an_upgrade(world):
    assert world.psql("SELECT to_user, type, version FROM outbox") == \
        "bob|watch|7", "it was not told yet, and need not be told twice"


def test_who_may_administer_still_may(world):
    assert world.psql("SELECT name, role FROM users ORDER BY name") == \
        "alice|admin\nbob|user"


def test_settings_are_his_own_or_nobodys(world):
    alice, bob = rows(world, "SELECT settings_json(e) FROM effective_settings"
                             " e ORDER BY user_name")
    assert (alice["dnd"], alice["busy_on"], alice["diversions"]) == (
        True, 2, [{"when": "always", "from": "all", "priority": 1,
                   "to": "bob"}])
    assert sorted(alice["inherited"]) == ["mobile", "no_answer_s"]
    assert bob["mobile"] == {"number": "+491711234567", "on": True,
                             "delay_s": 0}
    assert sorted(bob["inherited"]) == ["busy_on", "diversions", "dnd",
                                        "no_answer_s"]


def test_contacts_are_ready(world):
    contacts = rows(world, "SELECT ready FROM contacts ORDER BY position")
    assert [c["to"] for c in contacts] == [
        *(f"+4930{i}" for i in range(10)), "bob"]
    assert world.psql("SELECT version FROM contacts ORDER BY position") == \
        "\n".join(str(c["version"]) for c in contacts)
    assert contacts[-1]["mail"] == "bob@example.com"
    assert contacts[0]["numbers"] == [{"type": "work", "number": "+49301"}]


def test_what_was_said_of_rights_holds(world):
    assert world.psql("SELECT watch_list('alice'), watch_list('bob')") == \
        "*=7f bob=03|*=7f alice=40"


def test_twice_is_once(world):
    assert "applied" not in world.ctl("migrate")
