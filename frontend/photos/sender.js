// Sends what waits, one picture after the other, by tus: in pieces, each going on where the last one ended. What has
// arrived is asked about until the server has opened it: it may be no picture after all.

const PIECE = 512 * 1024;
const FIRST_MS = 2_000;
const LONGEST_MS = 30_000;
const LOOK_MS = 2_000;

// A failure is forgotten: without a line it is asked for again with the next try.
function load(source) {
  if (globalThis.TusUpload) return Promise.resolve(true);
  return new Promise((done) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = () => done(true);
    script.onerror = () => {
      script.remove();
      done(false);
    };
    document.head.append(script);
  });
}

export class Sender {
  constructor(outbox, address, client) {
    Object.assign(this, { outbox, address, client, wait: FIRST_MS, trouble: "", watchers: [], progress: new Map() });
    this.busy = false;
    this.timer = this.looking = null;
  }

  onChange(watcher) {
    this.watchers.push(watcher);
  }

  changed() {
    for (const watcher of this.watchers) watcher();
  }

  hurry() {
    this.wait = FIRST_MS;
    this.send();
  }

  // One tab sends, where the browser can tell them apart; elsewhere the server lets one piece in at a time.
  async send() {
    if (this.busy) return;
    this.busy = true;
    clearTimeout(this.timer);
    const work = () => this.sendAll();
    try {
      await (navigator.locks ? navigator.locks.request(`send ${this.address}`, work) : work());
    } finally {
      this.busy = false;
    }
    this.changed();
    this.look();
  }

  async sendAll() {
    for (;;) {
      const next = (await this.outbox.list()).find((one) => one.state === "waiting");
      if (!next) {
        this.trouble = "";
        return;
      }
      const outcome = await this.sendOne(next);
      if (outcome.left) continue;
      this.trouble = outcome.trouble ?? "";
      if (this.trouble) {
        this.timer = setTimeout(() => this.send(), this.wait);
        this.wait = Math.min(2 * this.wait, LONGEST_MS);
        return;
      }
      this.wait = FIRST_MS;
      await this.outbox.put({ ...next, ...outcome });
      this.changed();
    }
  }

  // What became of it: its new state, or the trouble for which it waits.
  async sendOne(record) {
    if (!(await load(this.client))) return { trouble: "line" };
    return new Promise((done) => {
      let { url } = record;
      let left = false;
      const upload = new globalThis.TusUpload(record.file, {
        endpoint: this.address,
        uploadUrl: url,
        chunkSize: PIECE,
        metadata: { ...record.said, id: record.id, name: record.name },
        headers: { Accept: "application/json" },
        retryDelays: [500, 1500],
        storeFingerprintForResuming: false,
        onUploadUrlAvailable: () => {
          url = upload.url;
          if (left) this.forget(url);
          else this.outbox.put({ ...record, url });
        },
        onProgress: (sent, all) => {
          this.progress.set(record.id, all ? sent / all : 0);
          this.changed();
        },
        onSuccess: () => done({ state: "arrived", url, file: null }),
        onError: (error) => done(judge(error, url)),
      });
      const leave = () => {
        left = true;
        upload.abort().catch(() => {});
        this.forget(url);
        done({ left });
      };
      this.current = { id: record.id, leave };
      upload.start();
    });
  }

  // It is not to be sent after all, also when half of it is on its way: the server forgets what has come of it.
  async leave(record) {
    await this.outbox.drop(record.id);
    if (this.current?.id === record.id) this.current.leave();
    else this.forget(record.url);
    this.changed();
  }

  forget(url) {
    if (url) fetch(url, { method: "DELETE" }).catch(() => {});
  }

  // Asks what became of those that have arrived.
  async look() {
    clearTimeout(this.looking);
    const arrived = (await this.outbox.list()).filter((one) => one.state === "arrived");
    for (const one of arrived) {
      const told = await this.ask(one.url);
      if (told?.state === "taken") await this.outbox.drop(one.id);
      if (told?.state === "taken") this.taken = (this.taken ?? 0) + 1;
      if (told?.state === "refused") await this.outbox.put({ ...one, state: "refused", why: told.why });
      if (told?.state === "gone") await this.outbox.drop(one.id);
    }
    this.changed();
    if (arrived.length) this.looking = setTimeout(() => this.look(), LOOK_MS);
  }

  async ask(url) {
    try {
      const answer = await fetch(url, { headers: { Accept: "application/json" } });
      if (answer.status === 404) return { state: "gone" };
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  }
}

function judge(error, url) {
  const answer = error.originalResponse;
  const status = answer?.getStatus() ?? 0;
  if (!status) return { trouble: "line" };
  if (status >= 500 || status === 409 || status === 423) return { trouble: "busy" };
  const why = reasonOf(answer.getBody());
  if (status === 403) return { trouble: why || "refused" };
  return { state: "refused", why: why || String(status), url, file: null };
}

function reasonOf(body) {
  try {
    const { error, hint } = JSON.parse(body);
    return [error, hint].filter(Boolean).join(" ");
  } catch {
    return "";
  }
}
