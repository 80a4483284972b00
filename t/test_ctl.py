"""test_ctl.py - mypbxctl: what it does, what it refuses and how it says so"""

import hashlib
import subprocess
import threading

import pytest


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
    assert code == 1 and "900_broken.sql" in err and "nothing" in err
    assert world.psql("SELECT to_regclass('half')") == ""


def test_domain(ctl):
    assert ctl("domain", "example.com") == (0, "", "")
    code, _, err = ctl("domain", "example.org")
    assert code == 1 and "example.com" in err
    assert ctl("domain", "Not a domain")[0] == 1


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
    assert (code, out) == (1, "") and said in err and err.count("\n") == 1


def test_taken(ctl, user):
    for args, said in (
            (("user", "add", user, "--number", "29", "--display-name", "X"),
             "exists already"),
            (("user", "add", "bob", "--number", "21", "--display-name", "X"),
             "number 21 is taken"),
            (("device", "add", user, "--user", user, "--text", "X"),
             "name of a user")):
        code, _, err = ctl(*args)
        assert code == 1 and said in err and err.count("\n") == 1


def test_users(ctl, user):
    assert ctl("user", "list")[1] == "alice\t21\tÄlice\tno-password\n"
    assert ctl("user", "disable", user)[0] == 0
    assert "disabled" in ctl("user", "list")[1]
    assert ctl("user", "enable", user)[0] == 0
    assert ctl("user", "delete", user)[0] == 0
    for verb in ("delete", "disable", "enable"):
        code, _, err = ctl("user", verb, user)
        assert code == 1 and "no user" in err


def test_passwords(ctl, world, user):
    for bad, said in (("", "no password"), ("short\n", "8 characters"),
                      ("äöüäöüä\n", "8 characters"), ("a\tbcdefgh\n", "control"),
                      ("x" * 300 + "\n", "longer")):
        code, _, err = ctl("password", user, input=bad)
        assert code == 1 and said in err and err.count("\n") == 1
    show = "SELECT password FROM users"
    assert world.psql(show) == ""           # K2
    assert ctl("password", user, input="äöüäöüäö\n") == (0, "", "")
    assert world.psql(show).startswith("$y$")
    assert ctl("password", user, input="\n")[0] == 0
    assert world.psql(show) == ""
    assert ctl("password", "nobody", input="a long one\n")[0] == 1


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
    for args in (("device", "delete", "d1"), ("device", "secret", "d1"),
                 ("device", "add", "d3", "--user", "nobody", "--text", "X"),
                 ("device", "add", "d2", "--user", user, "--text", "X"),
                 ("user", "add", "d2", "--number", "5", "--display-name", "X")):
        code, _, err = ctl(*args)
        assert code == 1 and err.count("\n") == 1, (args, err)


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
    assert code == 1 and "database" in err and err.count("\n") == 1
