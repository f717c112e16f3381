// The pictures on this phone that have not arrived: kept in IndexedDB with their bytes, so that neither a closed tab nor
// a lost signal loses one. Each has an id of its own, made here: sent again, from whichever tab, it is the same upload.
const NAME = "homestretch-photos";
const STORE = "pictures";

function asked(request) {
  return new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
}

async function open() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
  return asked(request);
}

// Resolves when it is on the disk, not when it was asked for.
async function change(kept, work) {
  const turn = kept.transaction(STORE, "readwrite");
  const done = new Promise((resolve, reject) => {
    turn.oncomplete = resolve;
    turn.onabort = turn.onerror = () => reject(turn.error);
  });
  work(turn.objectStore(STORE));
  return done;
}

// What belongs to one address; `held` says whether this browser keeps it, or only this page does.
export class Outbox {
  constructor(address) {
    this.address = address;
    this.loose = new Map();
    this.kept = open().catch(() => null);
  }

  async add(record) {
    const full = { state: "waiting", added: Date.now(), ...record, id: `${this.address} ${record.name} ${record.mark}`, address: this.address };
    const before = await this.find(full.id);
    if (before && before.state !== "refused") return before;
    await this.put({ ...full, held: true });
    return full;
  }

  async put(record) {
    const kept = await this.kept;
    if (kept && !this.loose.has(record.id)) {
      try {
        return await change(kept, (store) => store.put(record));
      } catch {
        record = { ...record, held: false }; // no room, or a private window
      }
    }
    this.loose.set(record.id, { ...record, held: false });
  }

  async find(id) {
    const kept = await this.kept;
    return this.loose.get(id) ?? (kept && (await asked(kept.transaction(STORE).objectStore(STORE).get(id)))) ?? null;
  }

  async drop(id) {
    this.loose.delete(id);
    const kept = await this.kept;
    if (kept) await change(kept, (store) => store.delete(id));
  }

  async list() {
    const kept = await this.kept;
    const found = kept ? await asked(kept.transaction(STORE).objectStore(STORE).getAll()) : [];
    const ours = [...found, ...this.loose.values()].filter((one) => one.address === this.address);
    return ours.sort((one, other) => one.added - other.added);
  }
}
