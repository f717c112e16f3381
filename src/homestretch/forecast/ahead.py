"""What is forecast beside the fold for one event, state after state, and for which entrants it holds."""

from __future__ import annotations

from homestretch.forecast.forecaster import Forecaster
from homestretch.forecast.values import NOTHING, Ahead
from homestretch.race.event import Event
from homestretch.state.snapshot import State


class Looking:
    """Looks ahead for one event; a new plan begins anew."""

    def __init__(self) -> None:
        self._event: Event | None = None
        self._forecaster: Forecaster | None = None
        self._last = NOTHING

    def look(self, event: Event, state: State, *, chase: bool) -> Ahead:
        """Everybody's arrivals. ``chase``: also who is caught, which takes longest; else the last one holds."""
        if self._forecaster is None or event is not self._event:
            places = [point.id for point in event.points]
            self._event, self._forecaster = event, Forecaster(event, stations=places)
        key, caught = state.roster.key, self._last.caught
        forecast = self._forecaster.make(state)
        if chase or key != self._last.entrants:
            caught = self._forecaster.chase(state)
        self._last = Ahead(key, forecast, caught)
        return self._last
