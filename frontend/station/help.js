// A call for help is never kept for later. It is sent at once or not at all, and until the page itself shows that
// somebody in control has read it, every word here says NOT DELIVERED, also after a reload without signal.
const PATIENCE_MS = 8_000;
const FORGET_MS = 12 * 3_600_000;

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

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const at = clock.now();
    const seq = at * 1000 + Math.floor(Math.random() * 1000);
    const item = { seq, kind: "help-called", device: "station", seen_at: at, place: data.place };
    const { words, bib } = form.elements;
    if (words.value.trim()) item.text = words.value.trim();
    if (bib.value.trim()) item.bib = bib.value.trim();
    shelf.put("help", { seq, at, state: navigator.onLine ? "asking" : "none" });
    show();
    const outcome = await send(data, item);
    shelf.put("help", { seq, at, state: outcome });
    if (outcome === "kept") words.value = bib.value = "";
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
