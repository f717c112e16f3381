// The event's own clock on this phone, also without signal and after a reload: a phone's clock may be wrong, and a
// rehearsal's goes faster. What the server said last is kept with what the phone's clock said then.
const LATE_MS = 12_000; // what a stream says is up to 10 s old

export function makeClock(shelf, speed, zone) {
  let base = shelf.take("clock");
  if (base?.speed !== speed) base = null;
  const now = () => Math.round(base.event + (Date.now() - base.at) * speed);
  const set = (event) => {
    base = { event, at: Date.now(), speed };
    shelf.put("clock", base);
  };
  const words = new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeStyle: "medium" });
  return {
    now,
    // A page can come from the phone's own keeping and be old: it moves the clock forward alone.
    hear(event) {
      if (!base || event > now()) set(event);
    },
    hearLive(event) {
      if (!base || event > now() || event < now() - LATE_MS * Math.max(1, speed)) set(event);
    },
    say: (at) => words.format(at),
  };
}
