"""The recordings of a namespace: those that are kept, and what is going on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from aiaas_mock.cassettes import Cassette
from aiaas_mock.cassettes.asking import Asked
from aiaas_mock.context import Clock
from aiaas_mock.errors import ApiError
from aiaas_mock.http.detour import Detour
from aiaas_mock.lab.recordings.replay import Pace, Replay
from aiaas_mock.lab.recordings.secrets import without_secrets
from aiaas_mock.lab.recordings.session import (
    Bounds,
    Copied,
    Plan,
    Recording,
    Session,
    Upstream,
)

_BOUNDS: Final = Bounds()

_Moment = tuple[
    tuple[Recording, ...], int, Copied | None, tuple[str, Pace, Mapping[Asked, int]] | None
]


class Recordings:
    """The recordings of one namespace, a `Part` of it.

    Args:
        clock: Gives the time.
        bounds: How much is kept.

    Attributes:
        bounds: The same.
        all: Those that are kept, by id, the oldest first.
        session: The one that is being made; None for none.
        replay: The one that answers; None when the namespace does.
    """

    __slots__ = ("_clock", "_made", "all", "bounds", "replay", "session")

    def __init__(self, clock: Clock, bounds: Bounds = _BOUNDS) -> None:
        self._clock = clock
        self.bounds = bounds
        self._made = 0
        self.all: dict[str, Recording] = {}
        self.session: Session | None = None
        self.replay: Replay | None = None

    @property
    def detour(self) -> Detour | None:
        """What answers in the place of the namespace; None for the namespace itself."""
        return self.replay if self.session is None else self.session.detour

    def start(
        self,
        upstream: Upstream | None = None,
        forward: Callable[[Session, Upstream], Detour] | None = None,
    ) -> Session:
        """Record from now on.

        Args:
            upstream: What is recorded; None for the namespace itself.
            forward: Makes what answers then.

        Raises:
            ApiError: Something is going on already, or there is no room.
        """
        self._check_idle()
        self._check_room()
        plan = Plan(id=self._new_id(), made_at=self._clock(), upstream=upstream, forward=forward)
        self.session = Session(plan, self.bounds, clock=self._clock)
        return self.session

    def stop(self) -> Recording:
        """End what is going on, and return the recording that it is about.

        Raises:
            ApiError: Nothing is.
        """
        if self.session is not None:
            found = self.session.end()
            self.session = None
            self.all[found.id] = found
            return found
        if self.replay is not None:
            found, self.replay = self.replay.recording, None
            return found
        raise ApiError("invalid_request", "Nothing is recorded or replayed in this namespace.")

    def add(self, cassette: Cassette) -> Recording:
        """Keep what somebody brought, without its secrets.

        Raises:
            ApiError: It is larger than a recording may be, or there is no room.
        """
        self._check_room()
        exchanges = tuple(without_secrets(cassette).exchanges)
        found = Recording(
            id=self._new_id(), made_at=self._clock(), upstream=None, exchanges=exchanges
        )
        bounds = self.bounds
        if len(exchanges) > bounds.exchanges or found.size_bytes > bounds.bytes:
            raise ApiError(
                "request_too_large",
                f"A recording has at most {bounds.exchanges} exchanges and {bounds.bytes} bytes.",
                param="/log/entries",
            )
        self.all[found.id] = found
        return found

    def play(self, recording_id: str, pace: Pace) -> Replay:
        """Answer from a recording from now on, from its beginning.

        Raises:
            ApiError: There is none with this id, or one is being made.
        """
        if self.session is not None:
            self._check_idle()
        self.replay = Replay(self._kept(recording_id), pace)
        return self.replay

    def get(self, recording_id: str) -> Recording:
        """Return a recording; of one that is being made, what there is by now.

        Raises:
            ApiError: There is none with this id.
        """
        if self.session is not None and self.session.plan.id == recording_id:
            return self.session.so_far()
        return self._kept(recording_id)

    def state_of(self, recording_id: str) -> str:
        """Say whether a recording is being made, replayed, or just kept."""
        if recording_id not in self._busy():
            return "kept"
        return "replaying" if self.session is None else "recording"

    def remove(self, recording_id: str) -> None:
        """Forget a recording.

        Raises:
            ApiError: There is none with this id, or it is being made or replayed.
        """
        if recording_id in self._busy():
            self._check_idle()
        self._kept(recording_id)
        del self.all[recording_id]

    def reset(self) -> None:
        """Forget all recordings; record and replay nothing."""
        if self.session is not None:
            self.session.end()
        self.all, self.session, self.replay, self._made = {}, None, None, 0

    def copy(self) -> _Moment:
        """Return all recordings and what is going on."""
        session = None if self.session is None else self.session.copy()
        replay = None if self.replay is None else self.replay.copy()
        return tuple(self.all.values()), self._made, session, replay

    def restore(self, copied: _Moment) -> None:
        """Have these recordings, and go on as then."""
        self.reset()
        recordings, self._made, session, replay = copied
        self.all = {recording.id: recording for recording in recordings}
        if session is not None:
            self.session = Session.restored(session, self.bounds, clock=self._clock)
        if replay is not None:
            recording_id, pace, given = replay
            self.replay = Replay(self.all[recording_id], pace, given)

    def _busy(self) -> tuple[str, ...]:
        made = () if self.session is None else (self.session.plan.id,)
        played = () if self.replay is None else (self.replay.recording.id,)
        return (*made, *played)

    def _check_idle(self) -> None:
        for recording_id in self._busy():
            what = "replayed" if self.session is None else "being made"
            raise ApiError(
                "invalid_request",
                f"{recording_id!r} is {what}; end that first: POST /_mock/recordings/stop.",
            )

    def _check_room(self) -> None:
        if len(self.all) + (self.session is not None) >= self.bounds.recordings:
            raise ApiError(
                "invalid_request",
                f"A namespace has at most {self.bounds.recordings} recordings; delete one.",
            )

    def _kept(self, recording_id: str) -> Recording:
        found = self.all.get(recording_id)
        if found is None:
            raise ApiError(
                "not_found", f"There is no recording {recording_id!r}.", param="/recording"
            )
        return found

    def _new_id(self) -> str:
        """Return an id that no recording has: a counter, so that it is the same again."""
        self._made += 1
        return f"recording_{self._made}"
