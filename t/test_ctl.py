"""test_ctl.py - mypbxctl: what it does, what it refuses and how it says so"""

import hashlib
import json
import subprocess
import threading

import pytest

from world import WorldError

# what docs/operations.md says of each exit status
MISSING, CONFLICT, VALUE, AWAY = 3, 4, 5, 6


@pytest.fixture(scope="module")
def world(new_world):
    return new_world(programs=("postgres",))


@pytest.fixture
def ctl(world):
    """Run mypbxctl: (exit status, stdout, stderr)."""
    def run(*args, input=""):
        done = subprocess.run(
            [world.program("mypbxctl"), "--config", world.path("mypbx.conf"),
             *args], input=input, capture_output=True, text=True,
            user=world.user.pw_uid, group=world.user.pw_gid, extra_groups=[])
        return done.returncode, done.stdout, done.stderr
    return run


@pytest.fixture
def user(ctl, world):
    assert ctl("user", "add", "alice", "--number", "21", "--display-name",
               "Älice")[0] == 0
    yield "alice"
    world.psql("DELETE FROM users")


def test_migrate_again_does_nothing(ctl):
    assert ctl("migrate") == (0, "", "")


def test_migrate_by_two_at_once(ctl, world):
    world.psql("CREATE DATABASE fresh")
    option = f"host={world.path('postgres')} dbname=fresh user=mypbx"
    got = []
    threads = [threading.Thread(target=lambda: got.append(
        ctl("--database", option, "migrate"))) for _ in range(3)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert [code for code, _, _ in got] == [0, 0, 0]
    assert sum("applied 001_base.sql" in out for _, out, _ in got) == 1


def test_a_broken_migration_changes_nothing(ctl, world, tmp_path_factory):
    folder = world.path("broken")
    subprocess.run(["mkdir", "-p", folder], check=True)
    with open(folder + "/900_broken.sql", "w", encoding="utf-8") as file:
        file.write("CREATE TABLE half (x int); SELECT nothing;")
    code, _, err = ctl("--schema", folder, "migrate")
    assert code == CONFLICT and "900_broken.sql" in err and "nothing" in err
    assert world.psql("SELECT to_regclass('half')") == ""


def test_domain(ctl):
    assert ctl("domain", "example.com") == (0, "", "")
    code, _, err = ctl("domain", "example.org")
    assert code == CONFLICT and "example.com" in err
    assert ctl("domain", "Not a domain")[0] == VALUE


def test_enabling(ctl, world):
    show = "SELECT value FROM settings WHERE name = 'enabled'"
    assert world.psql(show) == "false"      # K1
    assert ctl("enable")[0] == 0 and world.psql(show) == "true"
    assert ctl("disable")[0] == 0 and world.psql(show) == "false"


@pytest.mark.parametrize("name, number, text, said", [
    ("Alice", "21", "A", "user name"), ("", "21", "A", "user name"),
    ("-a", "21", "A", "user name"), ("a" * 65, "21", "A", "user name"),
    ("a b", "21", "A", "user name"), ("bob", "", "A", "number"),
    ("bob", "2a", "A", "number"), ("bob", "1" * 16, "A", "number"),
    ("bob", "22", "", "display name"), ("bob", "22", "A\n", "display name"),
    ("bob", "22", "A" * 129, "display name"),
    ("bob", "22", "\u2028", "display name")])
def test_bad_users(ctl, name, number, text, said):
    code, out, err = ctl("user", "add", name, "--number", number,
                         "--display-name", text)
    assert (code, out) == (VALUE, "") and said in err
    assert err.count("\n") == 1


def test_taken(ctl, user):
    for args, said in (
            (("user", "add", user, "--number", "29", "--display-name", "X"),
             "exists already"),
            (("user", "add", "bob", "--number", "21", "--display-name", "X"),
             "number 21 is taken"),
            (("device", "add", user, "--user", user, "--text", "X"),
             "name of a user")):
        code, _, err = ctl(*args)
        assert code == CONFLICT and said in err and err.count("\n") == 1


def test_users(ctl, user):
    assert ctl("user", "list")[1] == "alice\t21\tÄlice\tno-password\n"
    assert ctl("user", "disable", user)[0] == 0
    assert "disabled" in ctl("user", "list")[1]
    assert ctl("user", "enable", user)[0] == 0
    assert ctl("user", "delete", user)[0] == 0
    for verb in ("delete", "disable", "enable"):
        code, _, err = ctl("user", verb, user)
        assert code == MISSING and "no user" in err


def test_node(ctl, world):
    assert ctl("node", "list") == (0, "main\t49\t-\t00\t0\t-\n", "")
    assert ctl("number", "030/1234-0") == (0, "+493012340\t03012340\n", "")
    assert ctl("node", "set", "main", "--area", "7031", "--subscriber", "0",
               "--national", "00", "--international", "000") == (0, "", "")
    assert ctl("node", "list")[1] == "main\t49\t7031\t000\t00\t0\n"
    assert ctl("number", "0730090")[1] == "+497031730090\t0730090\n"
    assert ctl("number", "22")[1] == "22\t22\n"
    code, _, err = ctl("node", "set", "none", "--area", "1")
    assert code == MISSING and "no node" in err
    for args, said in (
            (("main", "--area", "1x"), "area"),
            (("main", "--area", "1" * 12), "10 digits"),
            (("main", "--country", ""), "country"),
            (("main", "--country", "043"), "country"),
            (("main", "--country", "1234"), "country"),
            (("main", "--national", "0"), "two things"),
            (("main", "--subscriber", "12345678"), "7 digits")):
        code, _, err = ctl("node", "set", *args)
        assert code == VALUE and said in err and err.count("\n") == 1
    assert ctl("node", "set", "main")[0] == 2
    assert ctl("number", "bob")[0] == VALUE
    assert ctl("node", "set", "main", "--area", "", "--subscriber", "",
               "--national", "0", "--international", "00")[0] == 0
    assert ctl("node", "list")[1] == "main\t49\t-\t00\t0\t-\n"


def settings(ctl, name):
    return json.loads(ctl("user", "settings", name)[1])


def test_call_settings(ctl, world, user):
    fresh = {"dnd": False, "busy_on": None, "no_answer_s": None,
             "mobile": None, "diversions": [], "version": 1, "inherited":
             ["dnd", "busy_on", "no_answer_s", "mobile", "diversions"]}
    assert settings(ctl, user) == fresh
    assert ctl("user", "set", user, "--dnd", "yes", "--busy-on", "2",
               "--no-answer", "20", "--mobile", "0171 / 123 45 67",
               "--mobile-on", "yes", "--mobile-delay", "5") == (0, "", "")
    full = {"dnd": True, "busy_on": 2, "no_answer_s": 20, "mobile": {
        "number": "+491711234567", "on": True, "delay_s": 5},
        "diversions": [], "version": 2, "inherited": ["diversions"]}
    assert settings(ctl, user) == full
    # once more changes nothing
    assert ctl("user", "set", user, "--dnd", "yes")[0] == 0
    assert settings(ctl, user) == full
    assert ctl("user", "set", user, "--dnd", "no", "--busy-on", "-",
               "--no-answer", "-", "--mobile", "-")[0] == 0
    assert settings(ctl, user) == {**fresh, "version": 3,
                                   "inherited": fresh["inherited"][1:]}
    assert ctl("user", "set", user, "--dnd", "-")[0] == 0
    assert settings(ctl, user) == {**fresh, "version": 4}
    for args, said in (
            (("--dnd", "maybe"), "yes or no"), (("--busy-on", "0"), "99"),
            (("--busy-on", "100"), "99"), (("--no-answer", "4"), "5 to 180"),
            (("--no-answer", "1e1"), "5 to 180"),
            (("--mobile", "22"), "prefix"), (("--mobile", "bob"), "prefix"),
            (("--mobile", ""), "prefix"),
            (("--mobile-delay", "-"), "0 to 30")):
        code, _, err = ctl("user", "set", user, *args)
        assert code == VALUE and said in err and err.count("\n") == 1
    code, _, err = ctl("user", "set", user, "--mobile-on", "yes")
    assert code == CONFLICT and "no mobile" in err
    for verb in (("set", "nobody", "--dnd", "no"), ("divert", "nobody"),
                 ("set", "nobody", "--mobile", "+4917112345"),
                 ("settings", "nobody")):
        code, _, err = ctl("user", *verb)
        assert code == MISSING and "no user" in err
    assert ctl("user", "set", user)[0] == 2


def test_diversions(ctl, world, user):
    assert ctl("user", "divert", user, input="busy all 0 22\n"
               "no_answer external 10 +49 30 123\n") == (0, "", "")
    assert settings(ctl, user)["diversions"] == [
        {"when": "busy", "from": "all", "priority": 0, "to": "22"},
        {"when": "no_answer", "from": "external", "priority": 10,
         "to": "+49 30 123"}]
    for bad in ("busy all 0", "busy all x 22", "busy none 0 22",
                "later all 0 22", "busy all 1001 22", "busy all 0 2\a2",
                "busy all 0 " + "2" * 129, "\n", "busy all 0 22\n" * 21):
        code, _, err = ctl("user", "divert", user, input=bad)
        assert code == VALUE and err.count("\n") == 1
    assert settings(ctl, user)["version"] == 2
    assert ctl("user", "divert", user)[0] == 0
    assert settings(ctl, user)["diversions"] == []


def test_nobody_else_is_the_mobile(ctl, user):
    code, _, err = ctl("device", "add", "mobile", "--user", user, "--text",
                       "X", input="12345678\n")
    assert code == CONFLICT and "everybody's mobile" in err


def test_passwords(ctl, world, user):
    for bad, said in (("", "no password"), ("short\n", "8 characters"),
                      ("äöüäöüä\n", "8 characters"), ("a\tbcdefgh\n", "control"),
                      ("x" * 300 + "\n", "longer")):
        code, _, err = ctl("password", user, input=bad)
        assert code == VALUE and said in err and err.count("\n") == 1
    show = "SELECT password FROM users"
    assert world.psql(show) == ""           # K2
    assert ctl("password", user, input="äöüäöüäö\n") == (0, "", "")
    assert world.psql(show).startswith("$argon2id$")
    assert ctl("password", user, input="\n")[0] == 0
    assert world.psql(show) == ""
    assert ctl("password", "nobody", input="a long one\n")[0] == MISSING


def ha1(device, secret):
    return hashlib.md5(f"{device}:example.com:{secret}".encode()).hexdigest()


def test_devices(ctl, world, user):
    code, made, _ = ctl("device", "add", "d1", "--user", user, "--text", "One")
    assert code == 0 and len(made.strip()) == 20
    assert ctl("device", "add", "d2", "--user", user, "--text", "Two",
               "--refuse", input="my secret\n")[:2] == (0, "")
    assert world.psql("SELECT id, ha1, replaces, selected FROM devices"
                      " ORDER BY id").splitlines() == [
        f"d1|{ha1('d1', made.strip())}|t|t",
        f"d2|{ha1('d2', 'my secret')}|f|f"]
    assert ctl("device", "secret", "d1", input="another one\n")[0] == 0
    assert world.psql("SELECT ha1 FROM devices WHERE id = 'd1'") == ha1(
        "d1", "another one")
    assert ctl("device", "list")[1].count("\n") == 2
    assert ctl("device", "delete", "d1")[0] == 0
    for status, args in (
            (MISSING, ("device", "delete", "d1")),
            (MISSING, ("device", "secret", "d1")),
            (MISSING, ("device", "add", "d3", "--user", "nobody", "--text",
                       "X")),
            (CONFLICT, ("device", "add", "d2", "--user", user, "--text", "X")),
            (CONFLICT, ("user", "add", "d2", "--number", "5",
                        "--display-name", "X"))):
        code, out, err = ctl(*args)
        assert (code, out, err.count("\n")) == (status, "", 1), (args, err)


@pytest.mark.parametrize("args", [
    (), ("frob",), ("user",), ("user", "frob"), ("user", "add"),
    ("user", "add", "bob"), ("user", "list", "more"), ("device", "delete"),
    ("enable", "--admin"), ("user", "delete", "bob", "--number", "1"),
    ("user", "add", "bob", "--number"), ("--frob", "x", "migrate")])
def test_usage(ctl, args):
    code, out, err = ctl(*args)
    assert code == 2 and not out and err


def test_help(ctl):
    code, out, _ = ctl("--help")
    assert code == 0 and "user add" in out and "--database" in out


def test_without_database(ctl, world):
    code, _, err = ctl("--database", f"host={world.path()}", "user", "list")
    assert code == AWAY and "database" in err and err.count("\n") == 1


def test_the_edge_reads_one_view(world):
    """The role of Kamailio, as docs/operations.md grants it."""
    world.psql('CREATE ROLE "mypbx-sip" LOGIN;'
               ' GRANT SELECT ON sip_auth TO "mypbx-sip"')

    def ask(sql):
        return world._run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-h",
                           world.path("postgres"), "-U", "mypbx-sip",
                           "mypbx"], input=sql).stdout

    ask("SELECT ha1, replaces FROM sip_auth WHERE device = 'none'")
    for what in ("users", "devices", "call_records", "settings"):
        with pytest.raises(WorldError, match="permission denied"):
            ask("SELECT 1 FROM " + what)
