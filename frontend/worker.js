// Keeps the page of a point, and the parts that it is made of, for when there is no signal. It keeps nothing that was
// tapped: the page does that itself, and it answers for no other address.
const KEPT = "homestretch-station";
const PATIENCE_MS = 5_000;
const OLDEST_MS = 24 * 3_600_000;

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event, pathname));
  else if (pathname.startsWith("/static/")) event.respondWith(part(request));
});

addEventListener("message", (event) => {
  const { page: path, from, keep } = event.data;
  event.waitUntil(
    (async () => {
      const kept = await caches.open(KEPT);
      for (const request of await kept.keys()) {
        const { pathname, search } = new URL(request.url);
        if (pathname.startsWith("/static/") && !keep.includes(pathname + search)) await kept.delete(request);
      }
      await Promise.all(keep.map((url) => add(kept, url)));
      await take(kept, path, await fetch(from ?? path, { credentials: "same-origin" }));
      event.ports[0].postMessage("kept");
    })(),
  );
});

async function add(kept, url) {
  if (!(await kept.match(url))) await kept.add(url);
}

// What the server shows now replaces what was kept; what it no longer shows goes.
async function take(kept, path, answer) {
  if (answer.ok && !answer.redirected) await kept.put(path, answer.clone());
  else if (answer.status >= 400 && answer.status < 500) await kept.delete(path);
}

async function find(kept, path) {
  const found = await kept.match(path);
  const keptAt = Date.parse(found?.headers.get("date") ?? "");
  if (!found || keptAt > Date.now() - OLDEST_MS) return found;
  await kept.delete(path);
}

async function page(event, path) {
  const kept = await caches.open(KEPT);
  const known = await find(kept, path);
  const asked = fetch(event.request);
  if (!known) return asked;
  event.waitUntil(asked.then((answer) => take(kept, path, answer.clone())).catch(() => {}));
  const late = new Promise((done) => setTimeout(done, PATIENCE_MS));
  const answer = await Promise.race([asked, late]).catch(() => null);
  return !answer || answer.status >= 500 ? known : answer;
}

async function part(request) {
  const kept = await caches.open(KEPT);
  return (await kept.match(request)) ?? fetch(request);
}
