// What was tapped and has not reached the server yet. Each record has a number of its own from the moment of the tap
// on, so that sending it again, from whichever tab, is the same fact: it counts once.
const MOST = 50;
const PATIENCE_MS = 10_000;
const FIRST_MS = 2_000;
const LONGEST_MS = 30_000;

export class Queue {
  constructor(shelf, url, place) {
    Object.assign(this, { shelf, url, place, wait: FIRST_MS, trouble: "", sent: new Map() });
    this.watchers = [];
    this.sending = false;
    this.timer = null;
  }

  // A fact of this moment; null when the phone cannot keep it.
  add(kind, fields, seenAt) {
    let seq;
    do seq = seenAt * 1000 + Math.floor(Math.random() * 1000);
    while (this.shelf.take(`q:${seq}`));
    const place = kind === "struck" ? {} : { place: this.place };
    const item = { seq, kind, device: "station", seen_at: seenAt, ...place, ...fields };
    if (!this.shelf.put(`q:${seq}`, { item })) return null;
    this.changed();
    this.send();
    return item;
  }

  records() {
    return this.shelf.list("q:").map((name) => this.shelf.take(name)).filter(Boolean);
  }

  waiting() {
    return this.records().filter((record) => !record.refused);
  }

  drop(seq) {
    this.shelf.drop(`q:${seq}`);
    this.changed();
  }

  onChange(watcher) {
    this.watchers.push(watcher);
  }

  changed() {
    for (const watcher of this.watchers) watcher();
  }

  // There is a line again, as it seems. What was refused as a whole (a key that was revoked) waits for its turn.
  hurry() {
    if (["", "line", "busy"].includes(this.trouble)) this.send();
  }

  async send() {
    const batch = this.waiting().slice(0, MOST).map((record) => record.item);
    if (this.sending || !batch.length) return;
    clearTimeout(this.timer);
    this.sending = true;
    const outcome = await this.ask(batch);
    this.sending = false;
    this.trouble = outcome.trouble;
    if (outcome.trouble) {
      this.timer = setTimeout(() => this.send(), this.wait);
      this.wait = Math.min(2 * this.wait, LONGEST_MS);
    } else {
      this.wait = FIRST_MS;
      for (const item of batch) this.settle(item, outcome.refused.get(item.seq));
    }
    this.changed();
    if (!outcome.trouble) this.send();
  }

  async ask(items) {
    const cut = new AbortController();
    const timer = setTimeout(() => cut.abort(), PATIENCE_MS);
    try {
      const answer = await fetch(this.url, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        // A digest has more digits than a number of this language: it is kept as text, and sent as what it is.
        body: JSON.stringify({ items }).replace(/"digest":"(-?\d+)"/g, '"digest":$1'),
        signal: cut.signal,
      });
      const said = await answer.json();
      if (!answer.ok) return { trouble: answer.status >= 500 ? "busy" : said.error || "refused" };
      return { trouble: "", refused: new Map(said.refused.map((one) => [one.seq, one.reason])) };
    } catch {
      return { trouble: "line" };
    } finally {
      clearTimeout(timer);
    }
  }

  // The server has it, or says why it does not take it: that stays here until somebody has read it.
  settle(item, reason) {
    if (reason) this.shelf.put(`q:${item.seq}`, { item, refused: reason });
    else {
      this.shelf.drop(`q:${item.seq}`);
      this.sent.set(item.seq, item);
    }
  }
}
