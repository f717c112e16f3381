// What waits, what is on its way, what has arrived and what was refused, in words and with its progress.
const SHOWN = 30;

function make(tag, more = {}) {
  return Object.assign(document.createElement(tag), more);
}

function sumUp(sender, records, say) {
  const refused = records.filter((one) => one.state === "refused").length;
  const waiting = records.filter((one) => one.state === "waiting").length;
  if (waiting) {
    if (sender.trouble === "line" || !navigator.onLine) return say("picturesWaiting", { count: waiting });
    if (sender.trouble === "busy") return say("picturesBusy", { count: waiting });
    if (sender.trouble) return say("picturesUnsent", { count: waiting, why: sender.trouble });
    return say("picturesOnTheWay", { count: waiting });
  }
  if (refused) return say("picturesRefused", { count: refused });
  if (records.length) return say("picturesArrived", { count: records.length });
  return sender.taken ? say("picturesTaken", { count: sender.taken }) : "";
}

export function showOutbox(root, outbox, sender, say) {
  const state = root.querySelector("[data-outbox-state]");
  const list = root.querySelector("[data-outbox-list]");
  let drawing = false;
  let again = false;

  function wordsOf(record) {
    if (record.state === "refused") return say("refused", { why: record.why });
    if (record.state === "arrived") return say("pictureArrived");
    return sender.progress.has(record.id) ? "" : say("waiting");
  }

  function entry(record) {
    const row = make("li");
    row.append(make("span", { className: "outbox-name", textContent: record.label ?? record.name }), " ");
    const sent = sender.progress.get(record.id);
    if (record.state === "waiting" && sent !== undefined) {
      const bar = make("progress", { max: 1, value: sent });
      bar.setAttribute("aria-label", record.label ?? record.name);
      row.append(bar, ` ${Math.floor(100 * sent)} %`);
    }
    row.append(make("strong", { textContent: wordsOf(record) }));
    if (record.state !== "arrived") {
      const words = record.state === "refused" ? say("haveRead") : say("pictureLeave");
      const button = make("button", { type: "button", textContent: words });
      button.addEventListener("click", () => sender.leave(record));
      row.append(" ", button);
    }
    return row;
  }

  async function draw() {
    const records = await outbox.list();
    const words = [sumUp(sender, records, say)];
    if (records.some((one) => !one.held && one.state === "waiting")) words.push(say("picturesLoose"));
    const text = words.filter(Boolean).join(" ");
    if (state.textContent !== text) state.textContent = text;
    state.classList.toggle("is-waiting", records.some((one) => one.state !== "arrived"));
    const order = { refused: 0, waiting: 1, arrived: 2 };
    records.sort((one, other) => order[one.state] - order[other.state] || one.added - other.added);
    list.replaceChildren(...records.slice(0, SHOWN).map(entry));
    if (records.length > SHOWN) {
      list.append(make("li", { textContent: say("more", { count: records.length - SHOWN }) }));
    }
  }

  // Progress comes many times a second: one drawing at a time, and one more for what came meanwhile.
  async function changed() {
    if (drawing) {
      again = true;
      return;
    }
    drawing = true;
    do {
      again = false;
      await draw();
    } while (again);
    drawing = false;
  }

  sender.onChange(changed);
  addEventListener("offline", changed);
  changed();
}
