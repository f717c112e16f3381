// Lets the page be opened and reloaded without signal, where the browser allows it: over https, or on this computer.
export function keepOffline(post, data) {
  if (!isSecureContext || !navigator.serviceWorker) {
    post.querySelector("[data-plain]").hidden = false;
    return;
  }
  navigator.serviceWorker.register(data.worker, { scope: location.pathname }).then(
    async (registration) => {
      await ready(registration);
      const keep = partsOfPage();
      const asked = new MessageChannel();
      asked.port1.onmessage = () => (document.documentElement.dataset.offline = "kept");
      const message = { page: location.pathname, from: location.pathname + languageOf(location.search), keep };
      registration.active.postMessage(message, [asked.port2]);
    },
    () => (post.querySelector("[data-plain]").hidden = false),
  );
}

// The page is kept in the language in which it is read: without it a browser may be led to another address.
function languageOf(search) {
  const said = [...new URLSearchParams(search)].filter(([name]) => ["lang", "unit"].includes(name));
  return said.length ? `?${new URLSearchParams(said)}` : "";
}

function ready(registration) {
  const worker = registration.installing ?? registration.waiting;
  if (!worker) return;
  return new Promise((done) => {
    worker.addEventListener("statechange", () => worker.state === "activated" && done());
  });
}

// Script and style as the page names them, and the fonts that came with them.
function partsOfPage() {
  const named = document.querySelectorAll('link[href^="/static/"], script[src^="/static/"]');
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
  const urls = [...[...named].map((part) => part.href ?? part.src), ...loaded].map((it) => new URL(it));
  const ours = urls.filter((url) => url.origin === location.origin && url.pathname.startsWith("/static/"));
  return [...new Set(ours.map((url) => url.pathname + url.search))];
}
