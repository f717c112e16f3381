// How many wait, and why, in words; what the server did not take; and the rows that were tapped.
const SHOWN = 8;

function make(tag, words, more = {}) {
  return Object.assign(document.createElement(tag), { textContent: words }, more);
}

function name(item, say) {
  if (item.kind === "struck") return say("ownWord");
  return item.bib.replaceAll("*", "") ? item.bib : say("somebody");
}

function sumUp(queue, waiting, refused, say) {
  const count = waiting.length;
  if (refused.length) return say("notTaken", { count: refused.length });
  if (!count) return queue.sent.size ? say("allSent") : "";
  if (queue.trouble === "line" || !navigator.onLine) {
    return say(count === 1 ? "waitingOne" : "waitingMany", { count });
  }
  if (queue.trouble === "busy") return say("starting", { count });
  if (queue.trouble) return say("unsent", { count, why: queue.trouble });
  return say("onTheWay", { count });
}

export function showQueue(post, queue, clock, say) {
  const state = post.querySelector("[data-queue]");
  const list = post.querySelector("[data-waiting]");

  function entry({ item, refused }) {
    const row = make("li", `${clock.say(item.seen_at)} ${name(item, say)} ${say(item.kind)}: `);
    row.append(make("strong", refused ? say("refused", { why: refused }) : say("waiting")));
    const words = refused ? say("haveRead") : say("takeBack");
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
        button.textContent = say("seenAt", { time: clock.say(item.seen_at).slice(0, 5) });
        button.classList.add("is-done");
      }
    }
  }

  queue.onChange(() => {
    const records = queue.records();
    const refused = records.filter((record) => record.refused);
    const waiting = records.filter((record) => !record.refused);
    const words = sumUp(queue, waiting, refused, say);
    if (state.textContent !== words) state.textContent = words;
    state.classList.toggle("is-waiting", waiting.length + refused.length > 0);
    const shown = [...refused, ...waiting.reverse().slice(0, SHOWN)];
    list.replaceChildren(...shown.map(entry));
    if (waiting.length > SHOWN) list.append(make("li", say("more", { count: waiting.length - SHOWN })));
    mark();
  });
  document.addEventListener("htmx:after:swap", mark);
  addEventListener("offline", () => queue.changed());
}
