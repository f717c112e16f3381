// How many wait, and why, in words; what the server did not take; and the rows that were tapped.
const KINDS = { sighting: "seen", withdrawn: "stops", struck: "is taken back" };
const SHOWN = 8;

function make(tag, words, more = {}) {
  return Object.assign(document.createElement(tag), { textContent: words }, more);
}

function name(item) {
  if (item.kind === "struck") return "a word of yours";
  return item.bib.replaceAll("*", "") ? item.bib : "somebody";
}

function say(queue, waiting, refused) {
  const n = waiting.length;
  if (refused.length) return `${refused.length} not taken: look below`;
  if (!n) return queue.sent.size ? "Everything was sent." : "";
  if (queue.trouble === "line" || !navigator.onLine) {
    return `${n} waiting for signal. Kept on this phone, sent by ${n === 1 ? "itself" : "themselves"}.`;
  }
  if (queue.trouble === "busy") return `${n} waiting: the server is starting again.`;
  if (queue.trouble) return `${n} kept on this phone, not sent: ${queue.trouble}`;
  return `${n} on the way.`;
}

export function showQueue(post, queue, clock) {
  const state = post.querySelector("[data-queue]");
  const list = post.querySelector("[data-waiting]");

  function entry({ item, refused }) {
    const row = make("li", `${clock.say(item.seen_at)} ${name(item)} ${KINDS[item.kind]}: `);
    row.append(make("strong", refused ? `not taken. ${refused}` : "waiting"));
    const words = refused ? "I have read it" : "Take it back";
    const button = make("button", words, { type: "button", onclick: () => queue.drop(item.seq) });
    row.append(" ", button);
    return row;
  }

  function mark() {
    const seen = [...queue.sent.values(), ...queue.waiting().map((record) => record.item)];
    for (const item of seen) {
      if (item.kind !== "sighting") continue;
      const row = document.getElementById(`crew-${item.bib}`);
      const button = row?.querySelector("[data-seen]");
      if (button) {
        button.textContent = `seen ${clock.say(item.seen_at).slice(0, 5)}`;
        button.classList.add("is-done");
      }
    }
  }

  queue.onChange(() => {
    const records = queue.records();
    const refused = records.filter((record) => record.refused);
    const waiting = records.filter((record) => !record.refused);
    const words = say(queue, waiting, refused);
    if (state.textContent !== words) state.textContent = words;
    state.classList.toggle("is-waiting", waiting.length + refused.length > 0);
    const shown = [...refused, ...waiting.reverse().slice(0, SHOWN)];
    list.replaceChildren(...shown.map(entry));
    if (waiting.length > SHOWN) list.append(make("li", `and ${waiting.length - SHOWN} more`));
    mark();
  });
  document.addEventListener("htmx:after:swap", mark);
  addEventListener("offline", () => queue.changed());
}
