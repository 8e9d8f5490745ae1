// @ts-check
/// <reference lib="webworker" />
/**
 * The service worker of wracaj.js: shows a push, opens the cart, and tells of a subscription that the browser renewed.
 * It handles no requests of the shop's pages. A shop with a worker of its own: importScripts("/wracaj-sw.js") in that one.
 */
(() => {
  "use strict";

  const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
  const settings = new URL(worker.location.href).searchParams;
  const CACHE = "wracaj-push";
  const TOLD = "/wracaj-push/told";
  const isPolish = settings.get("lang") === "pl";

  /** @typedef {{title?: string, body?: string, url?: string, settings?: string, tag?: string, lang?: string, icon?: string, badge?: string}} Payload */
  /** @typedef {{cart_id: string, subscription?: PushSubscriptionJSON}} Told what the page told last */

  worker.addEventListener("install", () => void worker.skipWaiting());

  worker.addEventListener("push", (event) => event.waitUntil(show(read(event))));

  /** @param {PushEvent} event @returns {Payload} a browser wants something shown, even of a push that cannot be read */
  function read(event) {
    try {
      return event.data?.json() || {};
    } catch {
      return {};
    }
  }

  /** @param {Payload} told */
  function show(told) {
    const inPolish = told.lang ? told.lang === "pl" : isPolish;
    const off = { action: "settings", title: inPolish ? "Ustawienia powiadomień" : "Notification settings" };
    return worker.registration.showNotification(told.title || (inPolish ? "Twój koszyk czeka" : "Your cart is waiting"), {
      body: told.body || "",
      tag: told.tag || "wracaj",
      lang: told.lang,
      icon: told.icon,
      badge: told.badge,
      data: { url: told.url, settings: told.settings },
      // @ts-ignore: not every browser shows them, and not every list of types knows them
      actions: told.settings ? [off] : [],
    });
  }

  worker.addEventListener("notificationclick", (event) => {
    event.notification.close();
    const { url, settings: off } = event.notification.data || {};
    event.waitUntil(open(event.action === "settings" ? off : url));
  });

  /** @param {string | undefined} url */
  async function open(url) {
    const target = url && /^https?:\/\//.test(url) ? url : worker.registration.scope.replace(/wracaj-push\/$/, "");
    const windows = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
    const there = windows.find((client) => client.url === target);
    return there ? there.focus() : worker.clients.openWindow(target);
  }

  worker.addEventListener("message", (event) => {
    const told = event.data?.wracaj;
    if (told !== undefined) event.waitUntil(remember(told));
  });

  /** @param {Told | null} told null: the visitor wants no more of it */
  async function remember(told) {
    const cache = await caches.open(CACHE);
    await (told ? cache.put(TOLD, new Response(JSON.stringify(told))) : cache.delete(TOLD));
  }

  worker.addEventListener("pushsubscriptionchange", (event) => {
    const change = /** @type {{oldSubscription?: PushSubscription, newSubscription?: PushSubscription} & ExtendableEvent} */ (event);
    change.waitUntil(renew(change.newSubscription, change.oldSubscription));
  });

  /**
   * A repetition of the opt-in that was given: nobody clicked.
   * @param {PushSubscription | undefined} renewed @param {PushSubscription | undefined} old
   */
  async function renew(renewed, old) {
    /** @type {Told | undefined} */
    const told = await (await (await caches.open(CACHE)).match(TOLD))?.json();
    const before = told?.subscription || old?.toJSON();
    const key = settings.get("key");
    if (!told || !before || !key) return;
    const given =
      renewed || (await worker.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
    const subscription = given.toJSON();
    const repeats = { cart_id: told.cart_id, subscription: before };
    const body = JSON.stringify({ cart_id: told.cart_id, subscription, repeats });
    const response = await fetch(`${settings.get("api")}/push/${settings.get("shop")}`, { method: "POST", body, credentials: "omit" });
    if (!response.ok) return;
    const { status } = await response.json();
    await remember(status === "expired" ? null : { cart_id: told.cart_id, subscription });
  }
})();
