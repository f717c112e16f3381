// The list moves by itself: whoever was tapped leaves it, and the next row slides under the thumb. A tap on a row that
// came to its place a moment ago was meant for the row before it, unless whoever read so taps the same row once more.
const SETTLES_MS = 1_000;
const BOUNCE_MS = 300;
const MEANT_MS = 5_000;

export function watchRows(form) {
  let places = new Map();
  const movedAt = new Map();

  function look(isFirst) {
    const found = new Map();
    for (const row of form.querySelectorAll('[id^="crew-"]')) {
      const place = `${row.offsetTop}`; // without what is drawn of its way there
      found.set(row.id, place);
      if (!isFirst && places.get(row.id) !== place) movedAt.set(row.id, Date.now());
    }
    places = found;
  }

  look(true);
  document.addEventListener("htmx:after:swap", () => look(false));
  let refused = { id: "", at: -Infinity };
  return (row) => {
    const now = Date.now();
    const since = now - refused.at;
    const isAgain = row.id === refused.id && since < MEANT_MS;
    const stands = now - (movedAt.get(row.id) ?? -Infinity) >= SETTLES_MS || (isAgain && since >= BOUNCE_MS);
    if (stands) refused = { id: "", at: -Infinity };
    else if (!isAgain) refused = { id: row.id, at: now };
    return stands;
  };
}
