// The list moves by itself: whoever was tapped leaves it, and the next row slides under the thumb. A tap on a row that
// came to its place a moment ago was meant for the row before it.
const SETTLES_MS = 1_000;

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
  return (row) => Date.now() - (movedAt.get(row?.id) ?? -Infinity) >= SETTLES_MS;
}
