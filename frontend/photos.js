// Pictures from this phone or laptop: kept in the browser until they have arrived, and sent when there is a line.
import { Outbox } from "./photos/outbox.js";
import { Sender } from "./photos/sender.js";
import { showOutbox } from "./photos/list.js";
import { takePictures } from "./photos/camera.js";
import { makeWords } from "./station/words.js";

const form = document.querySelector("[data-send]");
const camera = document.querySelector("[data-camera]");

function start(root, { uploads: address, tus }) {
  const say = makeWords(globalThis.stationWords);
  const outbox = new Outbox(address.split("?")[0]);
  const sender = new Sender(outbox, address, tus);
  showOutbox(root, outbox, sender, say);
  addEventListener("online", () => sender.hurry());
  // Whatever brought a message of the stream can take a picture.
  document.addEventListener("htmx:after:swap", () => sender.trouble && sender.hurry());
  if (form) chooseMany(outbox, sender);
  if (camera) takePictures(camera, outbox, sender, say);
  sender.send();
}

function chooseMany(outbox, sender) {
  const { pictures, place } = form.elements;
  for (const part of form.querySelectorAll("[data-no-script]")) part.remove();
  pictures.addEventListener("change", async () => {
    navigator.storage?.persist?.();
    // Also of a key that speaks for one place: another key in this browser must not take it for its own.
    const where = place?.value || form.dataset.place;
    const said = where ? { place: where } : {};
    for (const file of [...pictures.files]) {
      // The same file chosen again is the same picture: it goes on where it was.
      const mark = [file.size, file.lastModified, said.place ?? ""].join(" ");
      await outbox.add({ name: file.name, mark, file, said });
      sender.changed();
    }
    pictures.value = "";
    sender.hurry();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
}

if (form) start(form.parentElement, form.dataset);
else if (camera) start(camera.parentElement, camera.dataset);
