// While no stream is to be had (too many follow), the page is asked for as a whole and its live parts are taken.
import htmx from "htmx.org";

const LIVE = '[id^="live-"]';

export async function pollPage() {
  let page;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return false;
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return false; // without signal: the page says since when
  }
  for (const part of page.querySelectorAll(LIVE)) {
    const target = document.getElementById(part.id);
    if (!target || target.innerHTML === part.innerHTML) continue;
    await htmx.swap({ sourceElement: target, target, text: part.innerHTML, swap: "innerMorph" });
  }
  return page.querySelector(LIVE) !== null;
}
