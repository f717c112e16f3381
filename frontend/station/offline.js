// Lets the page be opened and reloaded without signal, where the browser allows it: over https, or on this computer.
export function keepOffline(post, data) {
  if (!isSecureContext || !navigator.serviceWorker) {
    post.querySelector("[data-plain]").hidden = false;
    return;
  }
  navigator.serviceWorker.register(data.worker, { scope: location.pathname }).then(
    async (registration) => {
      await ready(registration);
      const parts = performance.getEntriesByType("resource").map((entry) => new URL(entry.name));
      const ours = parts.filter((url) => url.origin === location.origin);
      const keep = ours.map((url) => url.pathname + url.search).filter((it) => it.startsWith("/static/"));
      const asked = new MessageChannel();
      asked.port1.onmessage = () => (document.documentElement.dataset.offline = "kept");
      const message = { page: location.pathname, keep: [...new Set(keep)] };
      registration.active.postMessage(message, [asked.port2]);
    },
    () => (post.querySelector("[data-plain]").hidden = false),
  );
}

function ready(registration) {
  const worker = registration.installing ?? registration.waiting;
  if (!worker) return;
  return new Promise((done) => {
    worker.addEventListener("statechange", () => worker.state === "activated" && done());
  });
}
