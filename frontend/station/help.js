// A call for help is never kept for later. It is sent at once or not at all, and until the page itself shows that
// somebody in control has read it, every word here says NOT DELIVERED, also after a reload without signal.
const PATIENCE_MS = 8_000;
const FORGET_MS = 12 * 3_600_000;
const SAME_MS = 15_000; // of this phone's own clock: a second tap, an impatient one, is the call that was made

const WORDS = { none: "helpNone", lost: "helpLost", refused: "helpRefused", asking: "helpAsking", kept: "helpKept" };

async function send(data, item) {
  if (!navigator.onLine) return "none";
  const cut = new AbortController();
  const timer = setTimeout(() => cut.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(data.facts, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ items: [item] }),
      signal: cut.signal,
    });
    if (!answer.ok) return answer.status >= 500 ? "lost" : "refused";
    return (await answer.json()).refused.length ? "refused" : "kept";
  } catch {
    return "lost";
  } finally {
    clearTimeout(timer);
  }
}

export function callForHelp(post, data, clock, shelf, say) {
  const form = post.querySelector("[data-help]");
  const state = post.querySelector("[data-help-state]");

  function show() {
    const tried = shelf.take("help");
    // The page shows each call that the server has: then these words are not needed, until an older page comes from
    // the phone's own keeping. They go for good when somebody has read it.
    const known = tried && document.querySelector(`[data-call="${tried.seq}"]`);
    if (known && known.dataset.open && tried.state !== "kept") {
      shelf.put("help", { ...tried, state: "kept" });
    }
    if (!tried || known || clock.now() - tried.at > FORGET_MS) {
      state.replaceChildren();
      if (tried && !known?.dataset.open) shelf.drop("help");
      return;
    }
    const words = say("helpCall", { time: clock.say(tried.at), state: say(WORDS[tried.state]) });
    if (state.textContent === words) return;
    const notice = document.createElement("p");
    notice.className = "notice is-call";
    notice.setAttribute("role", "alert");
    const strong = document.createElement("strong");
    strong.textContent = words;
    notice.append(strong);
    state.replaceChildren(notice);
  }

  let before = null; // the call that was made last: its item, when, and what became of it

  // The same call again is the same fact, so that it counts once; one that the server has is not sent again. What was
  // sent is cleared from the form, so that empty fields are no other call either.
  function makeItem() {
    const { words, bib } = form.elements;
    const said = { text: words.value.trim(), bib: bib.value.trim() };
    const had = before && Date.now() - before.tapped < SAME_MS ? before : null;
    const same = had && said.text === (had.item.text ?? "") && said.bib === (had.item.bib ?? "");
    if (same || (had?.outcome === "kept" && !said.text && !said.bib)) {
      return { item: had.item, isNew: had.outcome !== "kept" && had.outcome !== "asking" };
    }
    const at = clock.now();
    const seq = at * 1000 + Math.floor(Math.random() * 1000);
    const item = { seq, kind: "help-called", device: "station", seen_at: at, place: data.place };
    if (said.text) item.text = said.text;
    if (said.bib) item.bib = said.bib;
    return { item, isNew: true };
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { item, isNew } = makeItem();
    if (!isNew) return;
    const call = { item, tapped: Date.now(), outcome: "asking" };
    before = call;
    const { seq, seen_at: at } = item;
    shelf.put("help", { seq, at, state: navigator.onLine ? "asking" : "none" });
    show();
    call.outcome = await send(data, item);
    call.tapped = Date.now();
    shelf.put("help", { seq, at, state: call.outcome });
    if (call.outcome === "kept") for (const field of [form.elements.words, form.elements.bib]) field.value = "";
    show();
  });
  post.querySelector("#live-help").addEventListener("submit", (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    const words = event.target.querySelector("button");
    words.textContent = say("helpNoSignal");
  });
  document.addEventListener("htmx:after:swap", show);
  // A page that was left while it asked never heard the answer.
  const tried = shelf.take("help");
  if (tried?.state === "asking") shelf.put("help", { ...tried, state: "lost" });
  show();
}
