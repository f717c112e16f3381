// The camera of a point's page: one picture, one line of what was seen, who saw it and whether they may be quoted. It is
// kept on this phone at once and sent when there is signal; the words go with it, and are one with it.
import { makeClock } from "../station/clock.js";
import { makeShelf } from "../station/shelf.js";

export function takePictures(form, outbox, sender, say) {
  const post = document.querySelector("[data-post]");
  const shelf = makeShelf(`homestretch:${post.dataset.post}:`);
  const { pictures, line, witness, quoted, bib } = form.elements;
  const state = form.querySelector("[data-camera-state]");
  let at = 0;

  witness.value = shelf.take("witness") ?? "";
  pictures.addEventListener("change", () => {
    if (!pictures.files.length) return;
    const clock = makeClock(shelf, Number(post.dataset.speed), post.dataset.zone);
    clock.hear(Number(post.dataset.now));
    at = clock.now();
    state.textContent = say("pictureChosen", { name: pictures.files[0].name });
    line.focus();
  });
  // A runner's own camera button: whose picture it is to be is known then.
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-camera-bib]");
    if (!button) return;
    event.preventDefault();
    bib.value = button.dataset.cameraBib;
    form.scrollIntoView({ block: "center" });
    pictures.click();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const [file] = pictures.files;
    if (!file) {
      state.textContent = say("pictureNone");
      pictures.focus();
      return;
    }
    const words = { line: line.value.trim(), witness: witness.value.trim(), bib: bib.value.trim() };
    const said = Object.fromEntries(Object.entries(words).filter(([, value]) => value));
    if (quoted.checked) said.quoted = "yes";
    // A blob of its own: what a phone's camera gave may be gone after a reload.
    const copy = new Blob([await file.arrayBuffer()], { type: file.type });
    const mark = `${at} ${Math.random().toString(36).slice(2)}`;
    const record = { name: file.name, label: said.bib ?? file.name, mark, file: copy, said: { ...said, place: post.dataset.place, at: String(at) } };
    await outbox.add(record);
    shelf.put("witness", said.witness ?? "");
    pictures.value = line.value = bib.value = "";
    state.textContent = "";
    navigator.vibrate?.(30);
    sender.changed();
    sender.hurry();
  });
}
