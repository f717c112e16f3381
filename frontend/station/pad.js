// The bib pad: big keys for wet gloves, * for a digit that was not seen, taps first and their numbers later.
import { watchRows } from "./still.js";

const FEW = 6;
const LONGEST = 25;
const MOST_BIBS = 2;

function fits(bib, seen) {
  return bib.length === seen.length && [...seen].every((one, at) => one === "*" || one === bib[at]);
}

export function makePad(post, queue, clock, shelf, say, tell) {
  const form = post.querySelector("[data-pad]");
  const bib = form.querySelector("#bib");
  const find = (name) => form.querySelector(`[data-${name}]`);
  const moved = post.querySelector("[data-moved]");
  let chosen = null; // the tap whose number is being written

  const taps = () => shelf.list("t:").map((name) => Number(name.slice(2)));

  function showTaps() {
    const all = taps();
    if (!all.includes(chosen)) chosen = null;
    find("when").textContent = chosen ? say("whoCameBy", { time: clock.say(chosen) }) : "";
    find("taps-words").textContent = all.length ? say("taps", { count: all.length }) : "";
    find("taps").replaceChildren(
      ...all.map((at) => {
        const item = document.createElement("li");
        const button = document.createElement("button");
        Object.assign(button, { type: "button", textContent: clock.say(at) });
        button.setAttribute("aria-pressed", String(at === chosen));
        button.addEventListener("click", () => {
          chosen = at === chosen ? null : at;
          showTaps();
          bib.focus();
        });
        item.append(button);
        return item;
      }),
    );
  }

  function showFitting() {
    const seen = bib.value.trim();
    const rows = seen.includes("*") ? [...document.querySelectorAll('[id^="crew-"]')] : [];
    const found = rows.map((row) => row.id.slice(5)).filter((one) => fits(one, seen)).slice(0, FEW);
    find("fitting").replaceChildren(
      ...found.map((one) => {
        const item = document.createElement("li");
        const button = document.createElement("button");
        Object.assign(button, { type: "button", textContent: one });
        button.addEventListener("click", () => {
          bib.value = one;
          showFitting();
        });
        item.append(button);
        return item;
      }),
    );
  }

  function enter(kind, fields, at) {
    const item = queue.add(kind, fields, at);
    moved.hidden = true;
    if (item && kind !== "struck") tell(item);
    if (item) return true;
    const state = post.querySelector("[data-queue]");
    state.textContent = say("notKept");
    state.classList.add("is-waiting");
    return false;
  }

  find("tap").addEventListener("click", () => {
    const at = clock.now();
    if (!shelf.put(`t:${at}`, 1)) enter("sighting", { bib: "*" }, at);
    navigator.vibrate?.(30);
    showTaps();
  });
  for (const key of form.querySelectorAll("[data-key]")) {
    key.addEventListener("click", () => {
      const digit = key.dataset.key;
      bib.value = digit === "back" ? bib.value.slice(0, -1) : (bib.value + digit).slice(0, LONGEST);
      showFitting();
    });
  }
  bib.addEventListener("input", showFitting);
  // The page has keys of its own, and the phone's would cover them; bibs with letters need the phone's.
  const lettered = [...document.querySelectorAll("[data-seen]")].some((row) => /\D/.test(row.value));
  if (matchMedia("(pointer: coarse)").matches && !lettered) bib.inputMode = "none";

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const stops = event.submitter?.value === "stops";
    const { note, reason } = form.elements;
    const text = (stops ? reason : note).value.trim();
    // Two bibs in one entry were side by side: they have one time.
    const typed = bib.value.toUpperCase().split(/[+,]/);
    const numbers = [...new Set(typed.map((one) => one.trim().replace(/^#/, "")).filter(Boolean))];
    const [number] = numbers;
    const tooMany = numbers.length > (stops ? 1 : MOST_BIBS);
    if (tooMany || (stops ? !number || number.includes("*") : !number && !text && !chosen)) {
      bib.setCustomValidity(say(stops ? "wholeBib" : tooMany ? "twoBibs" : "aBib"));
      bib.reportValidity();
      bib.setCustomValidity("");
      return;
    }
    const at = chosen ?? clock.now();
    for (const one of numbers.length ? numbers : ["*"]) {
      const said = text && one === (number ?? "*") ? { text } : {};
      if (!enter(stops ? "withdrawn" : "sighting", { bib: one, ...said }, at)) return;
    }
    if (chosen) shelf.drop(`t:${chosen}`);
    chosen = chosen && !stops ? (taps()[0] ?? null) : null;
    bib.value = note.value = reason.value = "";
    navigator.vibrate?.(30);
    showTaps();
    showFitting();
  });
  const rows = post.querySelector("[data-rows]");
  const stands = watchRows(rows);
  rows.addEventListener("submit", (event) => {
    const seen = event.submitter?.value;
    event.preventDefault();
    if (!seen || event.submitter.classList.contains("is-done")) return;
    if (!stands(event.submitter.closest("[id]"))) {
      Object.assign(moved, { hidden: false, textContent: say("moved", { bib: seen }) });
      return;
    }
    enter("sighting", { bib: seen }, clock.now());
    navigator.vibrate?.(30);
  });
  // What was sent and is taken back goes the same way, also without signal.
  post.querySelector("#live-entered").addEventListener("submit", (event) => {
    event.preventDefault();
    for (const { value } of event.target.querySelectorAll('[name="fact"]')) {
      const [number, digest, ...source] = value.split(" ");
      enter("struck", { source: source.join(" "), number: Number(number), digest }, clock.now());
    }
  });
  showTaps();
}
