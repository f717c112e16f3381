// The word that was said last, beside the thumb that said it: whom it was about, and one tap that takes it back.
const SHOWN_MS = 120_000;
const SETTLES_MS = 1_000;

export function showLast(post, queue, clock, say) {
  const place = post.querySelector("[data-last]");
  let last = null;
  let toldAt = 0;

  const waits = () => queue.waiting().some((record) => record.item.seq === last.seq);
  const field = () => document.querySelector(`#live-entered [name="fact"][value^="${last.seq} "]`);
  const fact = () => field()?.value;
  // What the server found odd about that bib, as it stands below.
  const remark = () => field()?.closest(".board-row")?.querySelector("[data-remark]")?.dataset.remark;

  function show() {
    if (last && clock.now() - last.seen_at > SHOWN_MS) last = null;
    place.hidden = !last;
    if (!last) return;
    const bib = last.bib.replaceAll("*", "") ? last.bib : say("somebody");
    const odd = remark();
    const words = `${bib} ${say(last.kind)} ${clock.say(last.seen_at).slice(0, 5)}${odd ? ` · ${odd}` : ""}`;
    if (place.firstChild?.textContent !== words) {
      const strong = document.createElement("strong");
      strong.textContent = words;
      const button = document.createElement("button");
      Object.assign(button, { type: "button", textContent: say("takeBack"), onclick: takeBack });
      place.replaceChildren(strong, " ", button);
    }
    place.querySelector("button").hidden = !waits() && !fact();
  }

  function takeBack() {
    if (Date.now() - toldAt < SETTLES_MS) return; // the button came under the thumb of the tap itself
    const sent = fact();
    if (waits()) queue.drop(last.seq);
    else if (sent) {
      const [number, digest, ...source] = sent.split(" ");
      queue.add("struck", { source: source.join(" "), number: Number(number), digest }, clock.now());
    }
    last = null;
    show();
  }

  queue.onChange(show);
  document.addEventListener("htmx:after:swap", show);
  return (item) => {
    last = item;
    toldAt = Date.now();
    show();
  };
}
