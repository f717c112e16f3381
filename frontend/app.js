// htmx and its stream extension, and the three things they leave open: a first connection that fails,
// a stream that is lost without a word, and rows that move to their new place.
import htmx from "htmx.org";
import "htmx.org/dist/ext/hx-sse.js";
import { watchPictures } from "./again.js";
import { pollPage } from "./poll.js";

Object.assign(htmx.config, {
  defaultSwap: "innerMorph",
  history: "reload",
  // A disclosure that somebody opened stays open when news comes.
  morphIgnore: ["data-htmx-powered", "open"],
  noSwap: [204, 304, "5xx"],
  sse: { connectTimeout: 10_000, pauseOnBackground: false, reconnectMaxDelay: 15_000 },
});
watchPictures();
const sheets = document.adoptedStyleSheets;
document.adoptedStyleSheets = sheets.filter((sheet) => sheet !== htmx.indicatorStyleSheet);

const CONNECTED = "[hx-sse\\:connect]";
const GRACE_MS = 2_000;
const RETRY_MS = 3_000;
const SILENCE_MS = 45_000;
const MOVE_MS = 300;
const POLL_MS = 15_000;

// One entry for each stream on the page: { element, connection, heardAt }.
const streams = new Map();

let lostTimer = null;

function mark(lost, words = "liveLost") {
  document.documentElement.dataset.stream = lost ? "lost" : "open";
  for (const notice of document.querySelectorAll("[data-live]")) {
    // The clock is the event's own and comes through the stream, so it shows when news last came.
    const clock = document.querySelector(notice.dataset.liveClock)?.textContent.trim() ?? "";
    const text = notice.dataset[words] ?? notice.dataset.liveLost;
    notice.textContent = lost ? text.replace("{time}", clock) : "";
  }
}

// A connection that is back within GRACE_MS is not worth a word: nothing blinks.
function lose() {
  lostTimer ??= setTimeout(() => mark(true), GRACE_MS);
}

function find() {
  clearTimeout(lostTimer);
  lostTimer = null;
  if (document.documentElement.dataset.stream === "lost") mark(false);
}

function connectAgain(element) {
  setTimeout(() => {
    if (!element.isConnected || streams.has(element)) return;
    const { connectTimeout } = htmx.config.sse;
    const url = element.getAttribute("hx-sse:connect");
    htmx.ajax("GET", url, { source: element, timeout: connectTimeout });
  }, RETRY_MS);
}

document.addEventListener("htmx:sse:before:connection", ({ target, detail: { connection } }) => {
  streams.set(target, { connection, heardAt: Date.now() });
  if (connection.attempt > 0) lose();
});
document.addEventListener("htmx:sse:before:message", ({ target }) => {
  const stream = streams.get(target);
  if (stream) stream.heardAt = Date.now();
  find();
});
document.addEventListener("htmx:sse:error", lose);
document.addEventListener("htmx:sse:close", ({ target }) => streams.delete(target));
document.addEventListener("htmx:finally:request", ({ target }) => {
  // htmx reconnects a stream that once was there; a first connection that failed is left to us.
  if (!target.matches?.(CONNECTED) || streams.has(target)) return;
  lose();
  connectAgain(target);
});

setInterval(() => {
  // A phone without signal gets no error: the stream only falls silent. The server speaks every 15 s.
  for (const [element, { connection, heardAt }] of streams) {
    if (!element.isConnected) streams.delete(element);
    else if (connection.reader && Date.now() - heardAt > SILENCE_MS) {
      lose();
      connection.reader.cancel();
    }
  }
}, 5_000);

setInterval(async () => {
  const isLost = () => document.documentElement.dataset.stream === "lost";
  if (isLost() && !document.hidden && (await pollPage()) && isLost()) mark(true, "livePolled");
}, POLL_MS);

let placesBefore = new Map();

function rowsThatMove() {
  return document.querySelectorAll("[data-moves] > [id]");
}

document.addEventListener("htmx:before:swap", () => {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const rows = still || document.hidden ? [] : rowsThatMove();
  placesBefore = new Map([...rows].map((row) => [row.id, row.getBoundingClientRect()]));
});
document.addEventListener("htmx:after:swap", () => {
  if (!placesBefore.size) return;
  for (const row of rowsThatMove()) {
    const before = placesBefore.get(row.id);
    const now = row.getBoundingClientRect();
    const movedX = before ? before.left - now.left : 0;
    const movedY = before ? before.top - now.top : 0;
    if (!movedX && !movedY) continue;
    const from = { transform: `translate(${movedX}px, ${movedY}px)` };
    row.animate([from, { transform: "none" }], { duration: MOVE_MS, easing: "ease-out" });
  }
  placesBefore = new Map();
});
