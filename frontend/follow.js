// Follow a runner on a phone that sleeps: offered where the event sends messages and the browser can show them.
const part = document.querySelector("[data-follow]");

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function show(...names) {
  for (const one of part.querySelectorAll("p, button")) {
    one.hidden = !names.some((name) => one.matches(`[data-${name}]`));
  }
  part.hidden = false;
}

// Which runners this browser follows is kept here: the server is never asked.
const kept = `homestretch:follows:${part?.dataset.follow}`;

function remember(follows) {
  try {
    if (follows) localStorage.setItem(kept, "yes");
    else localStorage.removeItem(kept);
  } catch {
    // A private window: the button offers to follow again, which counts once.
  }
}

function follows() {
  try {
    return localStorage.getItem(kept) === "yes";
  } catch {
    return false;
  }
}

async function send(what, subscription) {
  const { endpoint, keys } = subscription.toJSON();
  const body = new URLSearchParams({ do: what, endpoint, ...keys });
  const answer = await fetch(`${part.dataset.follow}?lang=${part.dataset.lang}`, { method: "POST", body, credentials: "same-origin" });
  if (!answer.ok) throw new Error(answer.status);
}

async function begin(key) {
  if ((await Notification.requestPermission()) !== "granted") return show("denied");
  const { worker, scope } = part.dataset;
  await navigator.serviceWorker.register(worker, { scope });
  const registration = await ready(scope);
  const asked = { userVisibleOnly: true, applicationServerKey: bytes(key) };
  await send("follow", await registration.pushManager.subscribe(asked));
  remember(true);
  show("follows", "leave");
}

async function ready(scope) {
  const registration = await navigator.serviceWorker.getRegistration(scope);
  const worker = registration.installing ?? registration.waiting;
  if (worker && worker.state !== "activated") {
    await new Promise((done) => {
      worker.addEventListener("statechange", () => worker.state === "activated" && done());
    });
  }
  return registration;
}

async function leave() {
  const registration = await navigator.serviceWorker.getRegistration(part.dataset.scope);
  const subscription = await registration?.pushManager.getSubscription();
  // The browser's subscription stays: it may follow somebody else with it.
  if (subscription) await send("leave", subscription);
  remember(false);
  show("offer", "begin");
}

async function start() {
  const answer = await fetch(part.dataset.key).catch(() => null);
  const { key } = answer?.ok ? await answer.json() : {};
  if (!key) return;
  if (!isSecureContext) return show("plain");
  if (!navigator.serviceWorker || !window.PushManager || !window.Notification) return;
  const idle = () => (follows() ? show("follows", "leave") : show("offer", "begin"));
  const attempt = (work) => () =>
    work().catch(() => {
      idle();
      part.querySelector("[data-failed]").hidden = false;
    });
  part.querySelector("[data-begin]").addEventListener("click", attempt(() => begin(key)));
  part.querySelector("[data-leave]").addEventListener("click", attempt(leave));
  if (Notification.permission === "denied") show("denied");
  else idle();
}

if (part) start();
