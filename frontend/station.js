// The page of a point's own key, and of a sweep vehicle: what is tapped is kept on this phone with its time, and sent when there is a line.
import { makeClock } from "./station/clock.js";
import { keepTaps } from "./station/driving.js";
import { callForHelp } from "./station/help.js";
import { keepOffline } from "./station/offline.js";
import { showLast } from "./station/last.js";
import { makePad } from "./station/pad.js";
import { Queue } from "./station/queue.js";
import { makeShelf } from "./station/shelf.js";
import { showQueue } from "./station/state.js";
import { makeWords } from "./station/words.js";

const post = document.querySelector("[data-post]");

function start() {
  const data = post.dataset;
  const shelf = makeShelf(`homestretch:${data.post}:`);
  const clock = makeClock(shelf, Number(data.speed), data.zone);
  clock.hear(Number(data.now));
  const queue = new Queue(shelf, data.facts, data.place);
  const say = makeWords(globalThis.stationWords);
  showQueue(post, queue, clock, say);
  const tell = showLast(post, queue, clock, say);
  makePad(post, queue, clock, shelf, say, tell);
  callForHelp(post, data, clock, shelf, say);
  keepOffline(post, data);

  document.addEventListener("htmx:after:swap", () => {
    const heard = document.querySelector("[data-heard-at]");
    if (heard) clock.hearLive(Number(heard.dataset.heardAt));
    queue.hurry(); // whatever brought this message can take ours
  });
  addEventListener("online", () => queue.hurry());
  // What another tab of this page kept or sent.
  addEventListener("storage", () => queue.changed());
  for (const part of post.querySelectorAll(".only-script")) part.hidden = false;
  queue.changed();
  queue.send();
}

function startDriving(place) {
  const data = place.dataset;
  const shelf = makeShelf(`homestretch:${data.drive}:`);
  const clock = makeClock(shelf, Number(data.speed), data.zone);
  clock.hear(Number(data.now));
  keepTaps(place, clock, shelf, makeWords(globalThis.stationWords));
}

if (post) start();
const vehicle = document.querySelector("[data-drive]");
if (vehicle) startDriving(vehicle);
