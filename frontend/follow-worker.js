// Shows the message that came for a runner, and opens the runner's page on a tap. It answers for no page.
addEventListener("install", () => skipWaiting());

addEventListener("push", (event) => {
  const { title, body, url, about } = event.data.json();
  event.waitUntil(registration.showNotification(title, { body, tag: about, renotify: true, data: url }));
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  const page = new URL(event.notification.data, location.origin);
  if (page.origin !== location.origin) return;
  event.waitUntil(
    (async () => {
      const open = await clients.matchAll({ type: "window", includeUncontrolled: true });
      const here = open.find((one) => new URL(one.url).pathname === page.pathname);
      await (here ? here.focus() : clients.openWindow(page.href));
    })(),
  );
});
