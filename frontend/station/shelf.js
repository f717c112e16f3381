// What this phone keeps for this point: one entry of localStorage for each thing, so that two tabs lose nothing.
export function makeShelf(prefix) {
  const list = (kind) => {
    const start = prefix + kind;
    return Object.keys(localStorage).filter((key) => key.startsWith(start)).sort();
  };
  return {
    // False when the phone cannot keep it (full, or a private window): then it must be said at once.
    put(name, value) {
      try {
        localStorage.setItem(prefix + name, JSON.stringify(value));
        return true;
      } catch {
        return false;
      }
    },
    take(name) {
      try {
        return JSON.parse(localStorage.getItem(prefix + name));
      } catch {
        return null;
      }
    },
    drop: (name) => localStorage.removeItem(prefix + name),
    list: (kind) => list(kind).map((key) => key.slice(prefix.length)),
  };
}
