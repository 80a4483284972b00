"""test_ctl_shell.py - mypbxctl for scripts and shells: JSON, exit status,
completion, manual page"""

import json
import os
import re
import subprocess

import pytest

from conftest import BUILD, TOP

COMPLETION = os.path.join(TOP, "ctl", "bash-completion", "mypbxctl")
EVIL = "$(touch evil)"


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(programs=("postgres", "redis"))
    for args, text in (
            (("domain", "example.com"), ""),
            (("user", "add", "alice", "--number", "21", "--display-name",
              "Älice", "--admin"), ""),
            (("user", "add", "bob", "--number", "22", "--display-name",
              'B "q"\\'), ""),
            (("user", "add", "albert", "--number", "23", "--display-name",
              "A"), ""),
            (("user", "disable", "bob"), ""),
            (("device", "add", "desk", "--user", "alice", "--text", "Desk",
              "--refuse"), "a long secret\n"),
            (("template", "set", "office", "--busy-on", "2"), ""),
            (("group", "add", "sales"), ""), (("group", "add", "night"), ""),
            (("group", "put", "sales", "--user", "bob", "--kind", "out"), ""),
            (("visibility", "set", "bob", "--for", "user:alice", "--rights",
              "visible,note"), ""),
            (("visibility", "set", "bob", "--for", "group:sales", "--rights",
              ""), ""),
            (("webhook", "add", "crm"), "https://a.example\n"),
            (("webhook", "add", EVIL), "https://b.example\n")):
        world.ctl(*args, input=text)
    world.psql("INSERT INTO webhook_dead (webhook, cursor, event, why, tries)"
               " SELECT id, '1-1', '{\"type\": \"call.cleared\", \"time\":"
               " \"t\", \"data\": {}}', 'refused', 1 FROM webhooks"
               " WHERE name = 'crm'")
    return world


@pytest.fixture
def ctl(world):
    """Run mypbxctl: (exit status, stdout, stderr)."""
    def run(*args, input="", **more):
        done = subprocess.run(
            [world.program("mypbxctl"), "--config", world.path("mypbx.conf"),
             *args], input=input, text=True, user=world.user.pw_uid,
            group=world.user.pw_gid, extra_groups=[], **{
                "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more})
        return done.returncode, done.stdout, done.stderr
    return run


def manual():
    with open(os.path.join(BUILD, "ctl", "mypbxctl.8"),
              encoding="utf-8") as file:
        return file.read()


def entries():
    """Of the page: a verb's words -> its syntax, the shape of its JSON."""
    text = manual().replace("\\-", "-").split(".SH VERBS")[1].split(".SH")[0]
    found = {}
    for syntax, rest in re.findall(r"^\.TP\n\\fB(.*)\\fR\n((?:.*\n)*?)"
                                   r"(?=\.TP|\Z)", text, re.M):
        shape = re.search("^JSON: (.*)$", rest, re.M)
        words = re.match("[a-z]+( [a-z]+)?", syntax)[0]
        found[words] = syntax, shape[1] if shape else None
    return found


def members(shape):
    """"[{a, b}]; c" -> list, {"a", "b"}"""
    kind, names = re.match(r"(\[?)\{([^}]*)\}", shape).groups()
    return list if kind else dict, set(names.split(", "))


def test_the_page_has_every_verb():
    with open(os.path.join(TOP, "ctl", "main.c"), encoding="utf-8") as file:
        verbs = re.findall(r'^\t\{ "([a-z ]+)", (?:NULL|"[^"]+"), ',
                           file.read(), re.M)
    assert len(verbs) > 40 and list(entries()) == verbs


def test_the_page_is_sound():
    """As man shows it, without a warning."""
    done = subprocess.run(["groff", "-ww", "-man", "-Tutf8"], input=manual(),
                          capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "user add NAME --number N --display-name T" in re.sub(
        r"\s+", " ", re.sub(".\b|\x1b\\[[0-9;]*m", "", done.stdout))


# --- JSON -----------------------------------------------------------------

CHANGE = json.dumps({"format": 1, "users": [{"name": "alice", "number": "29"}]})

# What prints something: its arguments and input.
PRINTS = {
    "export": ((), ""), "apply": (("-", "--dry-run"), CHANGE),
    "check": ((), ""), "person export": (("alice",), ""),
    "node list": ((), ""), "number": (("030123",), ""),
    "user list": ((), ""), "user settings": (("alice",), ""),
    "ldap show": ((), ""), "policy show": ((), ""),
    "device add": (("new", "--user", "bob", "--text", "N"), ""),
    "device secret": (("new",), ""), "device list": ((), ""),
    "template list": ((), ""), "template show": (("office",), ""),
    "group list": ((), ""), "group members": (("sales",), ""),
    "visibility list": (("bob",), ""),
    "webhook add": (("more",), "https://c.example\n"),
    "webhook list": ((), ""), "webhook show": (("crm",), ""),
    "webhook secret": (("crm",), ""), "webhook dead": (("crm",), ""),
    "webhook replay": (("crm",), ""),
}


@pytest.fixture
def ldap(world):
    world.ctl("ldap", "set", "--uri", "ldaps://a.example", "--dn", "uid=%s")
    yield
    world.ctl("ldap", "off")


def test_json_has_the_members_that_the_page_tells(ctl, world, ldap):
    shapes = {words: shape for words, (_, shape) in entries().items() if shape}
    assert set(shapes) == set(PRINTS)
    for words, (args, text) in PRINTS.items():
        code, out, err = ctl(*words.split(), *args, "--json", input=text)
        assert (code, err) == (4 if words == "check" else 0, ""), words
        kind, names = members(shapes[words])
        value = json.loads(out)
        assert type(value) is kind, words
        items = value if kind is list else [value]
        assert set().union(*items) == names, words
    assert world.psql("SELECT count(*) FROM audit WHERE detail ? 'json'") == \
        "0", "how it is told is no part of what was done"


def test_who_prints_nothing_has_no_json(ctl):
    for words, (syntax, shape) in entries().items():
        assert ("--json" in syntax) == (shape is not None)
        if not shape:
            code, out, err = ctl(*words.split(), "--json")
            assert (code, out) == (2, "") and "does not belong" in err, words


def test_json_tells_what_is(ctl, world):
    def got(*args, **more):
        return json.loads(ctl(*args, "--json", **more)[1])

    users = got("user", "list")
    assert [user["name"] for user in users] == ["albert", "alice", "bob"]
    assert users[1:] == [
        {"name": "alice", "number": "21", "display_name": "Älice",
         "role": "admin", "disabled": False, "password": False, "totp": False},
        {"name": "bob", "number": "22", "display_name": 'B "q"\\',
         "role": "user", "disabled": True, "password": False, "totp": False}]
    assert ctl("user", "list")[1].splitlines()[1:] == [
        "alice\t21\tÄlice\tadmin,no-password",
        'bob\t22\tB "q"\\\tdisabled,no-password']
    assert got("device", "list")[0] == {
        "id": "desk", "user": "alice", "text": "Desk", "replaces": False,
        "secret": "own"}
    assert "desk\talice\tDesk\trefuse\town\n" in ctl("device", "list")[1]
    assert got("group", "list") == [{"name": "night", "count": 0},
                                    {"name": "sales", "count": 1}]
    assert got("group", "members", "sales") == [
        {"user": "bob", "kind": "out", "joined": False, "active": True}]
    assert ctl("group", "members", "sales")[1] == "bob\tout\tout\tactive\n"
    assert got("group", "members", "night") == []
    assert got("visibility", "list", "bob") == [
        {"for": "user:alice", "rights": ["visible", "note"]},
        {"for": "group:sales", "rights": []}]
    assert ctl("visibility", "list", "bob")[1] == \
        "user:alice\tvisible,note\ngroup:sales\t-\n"
    assert got("number", "030123") == {"canonical": "+4930123",
                                       "dial": "030123"}
    assert got("ldap", "show") is None
    assert got("device", "secret", "desk", input="another one\n") == {
        "made_secret": None}
    assert got("apply", "-", "--dry-run", input=CHANGE) == [
        {"change": "~", "kind": "user", "key": "alice", "member": "number",
         "secret": False, "before": "21", "after": "29"}]
    assert got("apply", "-", "--dry-run", input=json.dumps(
        {"format": 1, "devices": [{"id": "desk", "ha1": "0" * 32}],
         "groups": [{"name": "day"}]})) == [
        {"change": "~", "kind": "device", "key": "desk", "member": "ha1",
         "secret": True, "before": True, "after": True},
        {"change": "+", "kind": "group", "key": "day"}]


# --- exit status ------------------------------------------------------------

def test_each_status_is_told_and_met(ctl, world):
    with open(os.path.join(TOP, "docs", "operations.md"),
              encoding="utf-8") as file:
        rows = re.findall(r"^\| (\d) \| (.*) \|$", file.read(), re.M)
    told = re.findall(r"^\.TP\n\.B (\d)\n(.*)", manual().split(
        ".SH EXIT STATUS")[1].split(".SH")[0], re.M)
    assert [(n, text.replace("`", "")) for n, text in rows] == told
    away = ("--database", f"host={world.path()}")
    with open("/dev/full", "w", encoding="utf-8") as full:
        met = [ctl("user", "list"), ctl("user", "list", stdout=full),
               ctl("user", "frob"), ctl("user", "delete", "nobody"),
               ctl("group", "add", "sales"), ctl("group", "add", "S"),
               ctl(*away, "user", "list")]
    assert [str(code) for code, _, _ in met] == [n for n, _ in told]
    assert [err.count("\n") for _, _, err in met] == [0] + [1] * 6


def test_every_verb_says_the_same(ctl, world):
    """Whose object is unknown: 3, whichever verb; no database: 6."""
    more = {"node set": ("--area", "1"), "user set": ("--dnd", "yes"),
            "device set": ("--secret", "own"), "visibility set": (
                "--for", "@", "--rights", ""),
            "visibility remove": ("--for", "@"), "group put": (
                "--user", "alice"), "group remove": ("--user", "alice")}
    missing = {words for words, (syntax, _) in entries().items() if re.search(
        r"^[a-z ]+ (USER|GROUP|DEVICE|NODE|TEMPLATE|WEBHOOK)\b",
        syntax)} - {"template set"}  # that makes one
    assert len(missing) > 25
    for words in missing:
        args = (*words.split(), "nobody", *more.get(words, ()))
        given = {"input": "a long secret\n" if "divert" not in words else ""}
        assert ctl(*args, **given)[:2] == (3, ""), words
        code, out, err = ctl("--database", f"host={world.path()}", *args,
                             **given)
        assert (code, out) == (6, "") and "database lost" in err, words


def test_nobody_reads_to_the_end(world):
    """As `| head` does: silence, and what was asked for is done."""
    read, write = os.pipe()
    os.close(read)
    doc = json.dumps({"format": 1, "users": [{"name": "alice",
                                              "display_name": "Alice"}]})
    done = subprocess.run(
        [world.program("mypbxctl"), "--config", world.path("mypbx.conf"),
         "apply", "-"], input=doc, text=True, stdout=write,
        stderr=subprocess.PIPE, user=world.user.pw_uid,
        group=world.user.pw_gid, extra_groups=[])
    os.close(write)
    assert done.stderr == ""
    assert world.psql("SELECT display_name FROM users WHERE name = 'alice'"
                      ) == "Alice"
    world.ctl("apply", "-", input=doc.replace('"Alice"', '"Älice"'))


# --- completion ---------------------------------------------------------------

@pytest.fixture(scope="module")
def tab(world):
    """What bash offers behind words, the last of them half typed."""
    def run(*words, settings=("--config", world.path("mypbx.conf"))):
        done = subprocess.run(
            ["bash", "-euc", 'source "$1"; shift; COMP_WORDS=("$@");'
             " COMP_CWORD=$(($# - 1)); complete -p mypbxctl >/dev/null;"
             ' _mypbxctl "$1"; printf "%s\\n" "${COMPREPLY[@]}"', "bash",
             COMPLETION, world.program("mypbxctl"), *settings, *words],
            capture_output=True, text=True, user=world.user.pw_uid,
            group=world.user.pw_gid, extra_groups=[], cwd="/")
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.split()
    return run


def test_tab_completes_verbs(tab):
    verbs = list(entries())
    assert sorted(tab("")) == sorted({verb.split()[0] for verb in verbs})
    assert tab("de") == ["device"] and tab("user") == ["user"]
    assert tab("user", "") == [verb[5:] for verb in verbs
                               if verb.startswith("user ")]
    assert tab("user", "di") == ["disable", "divert"]
    assert tab("frob", "") == [] and tab("frob", "a", "") == []
    assert tab("--help", "") == [] and tab("user", "--help", "") == []


def test_tab_completes_options(tab):
    for words, (syntax, _) in entries().items():
        assert tab(*words.split(), "object", "--") == re.findall(
            "--[a-z-]+", syntax), words
    assert tab("user", "add", "x", "--number", "1", "--") == [
        "--display-name", "--role", "--admin"]
    assert tab("device", "add", "x", "--secret", "") == ["own", "user",
                                                         "admin"]
    assert tab("user", "set", "x", "--dnd", "y") == ["yes"]
    assert tab("user", "add", "x", "--number", "") == []
    assert tab("export", "") == ["--secrets", "--json"]


def test_tab_completes_names(tab):
    assert tab("user", "delete", "al") == ["albert", "alice"]
    assert tab("group", "put", "") == ["night", "sales"]
    assert tab("group", "put", "sales", "--user", "b") == ["bob"]
    assert tab("device", "delete", "des") == ["desk"]
    assert tab("node", "set", "") == ["main"]
    assert tab("visibility", "list", "") == ["albert", "alice", "bob", "@"]
    assert tab("user", "add", "") == []
    assert tab("apply", "/") == []


def test_tab_takes_the_settings_that_are_typed(tab, world):
    elsewhere = f"host={world.path()}"
    assert tab("--database", elsewhere, "user", "delete", "") == []
    assert tab("--database", elsewhere, "user", "del") == ["delete"]
    assert tab("--config", "=", world.path("mypbx.conf"), "user", "delete",
               "b", settings=()) == ["bob"]
    assert tab("--config", "", settings=()) == []
    assert tab("--config", "/nowhere", "us", settings=()) == []


def test_a_name_that_a_shell_would_run_is_not_offered(tab, ctl):
    names = [hook["name"] for hook in json.loads(
        ctl("webhook", "list", "--json")[1])]
    assert EVIL in names
    assert set(tab("webhook", "show", "")) == set(names) - {EVIL}
