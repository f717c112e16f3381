"""What is forecast beside the fold for one event, state after state, and for which entrants it holds."""

from __future__ import annotations

from collections.abc import Mapping

from homestretch.forecast.courses import CourseKnown
from homestretch.forecast.forecaster import Forecaster
from homestretch.forecast.hindsight import key_of, look_back
from homestretch.forecast.values import NOTHING, Ahead, Hindsight
from homestretch.race.event import Event
from homestretch.state.snapshot import State


class Looking:
    """Looks ahead for one event; a new plan begins anew. ``known``: the courses of races that earlier editions
    have shown."""

    def __init__(self, known: Mapping[str, CourseKnown] | None = None) -> None:
        self._courses = known or {}
        self._event: Event | None = None
        self._forecaster: Forecaster | None = None
        self._last = NOTHING
        self._looked_back: tuple[bytes, tuple[Hindsight, ...]] = b"", ()

    def look(self, event: Event, state: State, *, chase: bool) -> Ahead:
        """Everybody's arrivals. ``chase``: also who is caught, which takes longest; else the last one holds."""
        if self._forecaster is None or event is not self._event:
            places = [point.id for point in event.points]
            self._event, self._forecaster = (
                event,
                Forecaster(event, stations=places, known=self._courses),
            )
        key, caught = state.roster.key, self._last.caught
        forecast = self._forecaster.make(state)
        if chase or key != self._last.entrants:
            caught = self._forecaster.chase(state)
        self._last = Ahead(key, forecast, caught, self._look_back(event, state))
        return self._last

    def _look_back(self, event: Event, state: State) -> tuple[Hindsight, ...]:
        """Once the event is over, and again when a correction changes a passing."""
        if not state.over:
            return ()
        key = key_of(state)
        if key != self._looked_back[0]:
            self._looked_back = key, look_back(event, state)
        return self._looked_back[1]
