"""page.py - who is logged in by the API, and waits for events"""

from api import Api
from follow import Log, Login


class Page(Login):
    """A login of a user: its API, and requests for events in its name. By
    themselves they want to hear of calls only: each would else be answered by
    the news that its user is online."""

    def __init__(self, world, user, password, **more):
        self.world = world
        self.user = user
        self.api = Api(world)
        answer = self.api.login(user, password, **more).json
        self.session = answer["session"]["id"]
        self.cookie = self.api.cookie
        self.after = answer["cursor"]

    def wait(self, wait=20, **params):
        """A poll in the background."""
        params.setdefault("types", "call")
        return self.later(after=Log(self.world).head(), wait=wait, **params)

    def hang(self, **params):
        """A poll whose connection can be closed."""
        return self.open({"after": Log(self.world).head(), "wait": 25,
                          "types": "call", **params})
