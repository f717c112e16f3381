// The page of a sweep vehicle where there is no signal: a tap is kept on this phone with its time, said to be NOT SENT,
// and sent as the same form when there is signal. What the server answers is shown in the page that is open.
const PATIENCE_MS = 10_000;
const AGAIN_MS = 5_000;
const APART_MS = 2_500; // until the page behind the next form knows of the one before it
const SAME_MS = 3_000; // a second tap on the same words is the first one

function make(tag, words, more = {}) {
  return Object.assign(document.createElement(tag), { textContent: words }, more);
}

export function keepTaps(place, clock, shelf, say) {
  const answer = place.querySelector("[data-drive-said]");
  const list = place.querySelector("[data-drive-waiting]");
  let sending = false;
  let timer = null;
  let before = { words: "", at: 0 };

  const names = () => shelf.list("d:");

  function show() {
    const all = names().map((name) => [name, shelf.take(name)]).filter(([, tap]) => tap);
    const rows = all.map(([name, tap]) => {
      const row = make("li", `${clock.say(tap.at)} ${tap.words}: `);
      row.append(make("strong", say("waiting")), " ");
      row.append(make("button", say("takeBack"), { type: "button", onclick: () => drop(name) }));
      return row;
    });
    const head = make("li", say("driveNotSent", { count: all.length }));
    head.className = "notice is-stopped";
    head.setAttribute("role", "alert");
    list.replaceChildren(...(rows.length && !sending ? [head, ...rows] : rows));
  }

  function drop(name) {
    if (Date.now() - before.at < SAME_MS) return; // the button came under the thumb of the tap itself
    shelf.drop(name);
    show();
  }

  async function ask(tap) {
    const cut = new AbortController();
    const stop = setTimeout(() => cut.abort(), PATIENCE_MS);
    try {
      const said = await fetch(tap.action, {
        method: "POST",
        headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: "text/html" },
        body: tap.body,
        signal: cut.signal,
      });
      if (said.status >= 500) return null;
      return new DOMParser().parseFromString(await said.text(), "text/html");
    } catch {
      return null;
    } finally {
      clearTimeout(stop);
    }
  }

  async function send() {
    const [name] = names();
    if (sending || !name) return;
    clearTimeout(timer);
    sending = true;
    const page = navigator.onLine ? await ask(shelf.take(name)) : null;
    sending = false;
    if (page) {
      shelf.drop(name);
      const told = page.querySelectorAll("[data-notice] > *");
      answer.replaceChildren(...(told.length ? told : page.querySelectorAll("main p")));
    }
    timer = setTimeout(send, page ? APART_MS : AGAIN_MS);
    show();
  }

  place.addEventListener("submit", (event) => {
    event.preventDefault();
    const { target: form, submitter } = event;
    const fields = new URLSearchParams(new FormData(form));
    if (submitter?.name) fields.set(submitter.name, submitter.value);
    const words = `${fields.get("bib") ?? ""} ${submitter?.textContent.trim() ?? ""}`.trim();
    if (before.words === words && Date.now() - before.at < SAME_MS) return;
    before = { words, at: Date.now() };
    const at = clock.now();
    // A form that is meant after all keeps its own moment.
    if (!fields.has("meant")) fields.set("at", at);
    const tap = { at, words, action: form.action, body: fields.toString() };
    answer.replaceChildren();
    if (!shelf.put(`d:${at}`, tap)) answer.replaceChildren(make("strong", say("notKept")));
    const typed = form.querySelector("#bib");
    if (typed) typed.value = "";
    navigator.vibrate?.(30);
    if (!navigator.onLine) show();
    send();
  });
  addEventListener("online", send);
  show();
  send();
}
