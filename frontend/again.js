// A picture that is still being made when the page asks for it comes a moment later: it is asked for again.
const FIRST_MS = 1_500;
const MOST_MS = 24_000;

function askAgain(image) {
  const wait = Number(image.dataset.again) || FIRST_MS;
  if (wait > MOST_MS) return;
  image.dataset.again = String(2 * wait);
  setTimeout(() => {
    if (image.isConnected) image.src = image.getAttribute("src");
  }, wait);
}

export function watchPictures() {
  const isOurs = (thing) => thing instanceof HTMLImageElement && "again" in thing.dataset;
  // The error of a picture does not rise: it is caught on its way down.
  document.addEventListener("error", ({ target }) => isOurs(target) && askAgain(target), true);
  for (const image of document.querySelectorAll("img[data-again]")) {
    // It may have failed before this script ran.
    if (image.complete && image.currentSrc && !image.naturalWidth) askAgain(image);
  }
}
