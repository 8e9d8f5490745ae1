// @ts-check
/**
 * Offers notifications about the cart to a shop's visitors: README.md beside this file says how a shop includes it.
 *
 * Nothing is asked before the visitor has touched the page and has a cart. The browser's own question comes only after
 * the visitor agreed to the shop's. "Not now" is kept for some weeks. No cookies, nothing from elsewhere.
 */
(() => {
  "use strict";

  /** @typedef {{question: string, yes: string, later: string, label: string}} Words */
  /** @typedef {{cart?: string, subscription?: PushSubscriptionJSON, laterUntil?: number}} Kept */

  /** @type {Record<string, Words>} */
  const WORDS = {
    pl: {
      question: "Przypomnieć Ci o koszyku powiadomieniem w tej przeglądarce? Najwyżej kilka razy; wyłączysz je jednym kliknięciem.",
      yes: "Tak, przypomnij",
      later: "Nie teraz",
      label: "Powiadomienia o koszyku",
    },
    en: {
      question: "Shall we remind you of your cart with a notification in this browser? A few times at most; one click turns them off.",
      yes: "Yes, remind me",
      later: "Not now",
      label: "Notifications about your cart",
    },
  };
  const STORE = "wracaj-push";
  const WEEK = 7 * 24 * 3600 * 1000;
  const STYLE = `
    :host { all: initial }
    div { position: fixed; inset: auto 1rem 1rem; z-index: 2147483000; box-sizing: border-box; max-width: 26rem; margin: 0 auto;
      padding: 1rem 1.25rem; border-radius: 12px; background: #fff; color: #26221d; box-shadow: 0 4px 24px rgb(0 0 0 / .25);
      font: 16px/1.5 system-ui, sans-serif }
    p { margin: 0 0 .75rem }
    button { min-height: 44px; margin: 0 .5rem 0 0; padding: 0 1rem; border: 1px solid #8a3d12; border-radius: 8px; font: inherit;
      cursor: pointer; background: #fff; color: #8a3d12 }
    button.yes { background: #8a3d12; color: #fff; font-weight: 600 }
    button:focus-visible { outline: 3px solid #26221d; outline-offset: 2px }
    @media (prefers-color-scheme: dark) {
      div { background: #26231f; color: #f3eee7 }
      button { background: #26231f; color: #f0a878; border-color: #f0a878 }
      button.yes { background: #f0a878; color: #26170d }
      button:focus-visible { outline-color: #f3eee7 }
    }`;

  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const { api, shop, key } = script.dataset;
  if (!api || !shop || !key) {
    console.warn("wracaj-push: data-api, data-shop and data-key must be there; `wracaj shop storefront` prints them");
    return;
  }
  const isAble = window.isSecureContext && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  const language = (script.dataset.lang || document.documentElement.lang || "en").slice(0, 2).toLowerCase();
  const words = { ...(WORDS[language] || WORDS.en), ...given(["question", "yes", "later", "label"]) };
  const worker = script.dataset.worker || "/wracaj-sw.js";
  const scope = script.dataset.scope || new URL("wracaj-push/", new URL(worker, location.href)).pathname;
  const weeks = Number(script.dataset.laterWeeks) || 4;

  /** @type {string | undefined} */
  let cart = script.dataset.cart || undefined;
  /** @type {HTMLElement | undefined} */
  let bar;
  let touched = false;

  /** @param {(keyof Words)[]} names @returns {Partial<Words>} the shop's own words */
  function given(names) {
    return Object.fromEntries(names.filter((name) => script.dataset[name]).map((name) => [name, script.dataset[name]]));
  }

  /** @returns {Kept} */
  function kept() {
    try {
      return JSON.parse(localStorage.getItem(STORE) || "{}");
    } catch {
      return {};
    }
  }

  /** @param {Kept} what */
  function keep(what) {
    try {
      localStorage.setItem(STORE, JSON.stringify(what));
    } catch {
      // A browser that keeps nothing is asked again at the next visit.
    }
  }

  /**
   * As text/plain: such a request needs no preflight.
   * @param {Record<string, unknown>} body
   * @returns {Promise<{status: string}>}
   */
  async function post(body) {
    const response = await fetch(`${api}/push/${shop}`, { method: "POST", body: JSON.stringify(body), credentials: "omit", keepalive: true });
    if (!response.ok) throw new Error(`wracaj-push: ${response.status} ${await response.text()}`);
    return response.json();
  }

  /** @returns {Promise<ServiceWorkerRegistration>} */
  async function registered() {
    const url = new URL(worker, location.href);
    for (const [name, value] of Object.entries({ api, shop, key, lang: language })) url.searchParams.set(name, String(value));
    const registration = await navigator.serviceWorker.register(url, { scope });
    if (registration.active) return registration;
    const coming = registration.installing || registration.waiting;
    await new Promise((resolve) => {
      coming?.addEventListener("statechange", () => coming.state === "activated" && resolve(undefined));
      if (!coming || coming.state === "activated") resolve(undefined);
    });
    return registration;
  }

  /** @param {string} text base64url */
  function bytes(text) {
    const raw = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(raw, (letter) => letter.charCodeAt(0));
  }

  /** @param {PushSubscription} subscription */
  function isForThisShop(subscription) {
    const own = subscription.options.applicationServerKey;
    const wanted = bytes(/** @type {string} */ (key));
    return !own || (own.byteLength === wanted.length && new Uint8Array(own).every((value, place) => value === wanted[place]));
  }

  /** @param {ServiceWorkerRegistration} registration @returns {Promise<PushSubscription>} */
  async function subscribed(registration) {
    const known = await registration.pushManager.getSubscription();
    if (known && isForThisShop(known)) return known;
    if (known) await known.unsubscribe();
    return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(/** @type {string} */ (key)) });
  }

  /** Tells of this browser's subscription. @param {string} wording what the visitor has just agreed to */
  async function tell(wording) {
    if (!cart) return;
    const registration = await registered();
    const subscription = (await subscribed(registration)).toJSON();
    await post({ cart_id: cart, subscription, wording });
    remember(registration, { cart_id: cart, subscription });
  }

  /**
   * Nobody clicked: the visitor has another cart, or the browser another subscription. Told once for each, as a repetition of
   * the opt-in that was given; where that one counts no more, the shop's question waits as after "not now".
   * @param {Kept} before
   */
  async function repeat(before) {
    if (!cart) return;
    const registration = await registered();
    const subscription = (await subscribed(registration)).toJSON();
    if (before.cart === cart && before.subscription?.endpoint === subscription.endpoint) return;
    const repeats = { cart_id: before.cart, subscription: before.subscription };
    const { status } = await post({ cart_id: cart, subscription, repeats });
    if (status === "expired") forget(registration);
    else remember(registration, { cart_id: cart, subscription });
  }

  /** @param {ServiceWorkerRegistration} registration @param {{cart_id: string, subscription: PushSubscriptionJSON}} told */
  function remember(registration, told) {
    keep({ cart: told.cart_id, subscription: told.subscription });
    registration.active?.postMessage({ wracaj: told });
  }

  /** @param {ServiceWorkerRegistration} [registration] */
  function forget(registration) {
    keep({ laterUntil: Date.now() + weeks * WEEK });
    registration?.active?.postMessage({ wracaj: null });
  }

  /** The permission was taken back in the browser's settings, or the visitor asks the shop to stop. */
  async function stop() {
    const { cart: about, subscription: told } = kept();
    if (!about || !told) return;
    const registration = await navigator.serviceWorker.getRegistration(scope);
    const known = await registration?.pushManager.getSubscription();
    const now = known?.toJSON() || told;
    for (const subscription of now.endpoint === told.endpoint ? [told] : [told, now])
      await post({ cart_id: about, subscription, unsubscribe: true });
    forget(registration);
    await known?.unsubscribe();
  }

  function close() {
    bar?.remove();
    bar = undefined;
  }

  async function agree() {
    close();
    if ((await Notification.requestPermission()) !== "granted") return keep({ ...kept(), laterUntil: Date.now() + weeks * WEEK });
    await tell(words.question);
  }

  function postpone() {
    close();
    keep({ ...kept(), laterUntil: Date.now() + weeks * WEEK });
  }

  /** @param {string} text @param {() => unknown} action @param {string} [name] */
  function button(text, action, name) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    if (name) made.className = name;
    made.addEventListener("click", () => void quietly(action));
    return made;
  }

  /** The shop's question, out of reach of the page's styles. It takes no focus: whoever is typing goes on typing. */
  function ask() {
    if (bar || !isAble || !cart || Notification.permission === "denied") return;
    bar = document.createElement("wracaj-push");
    const root = bar.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    const box = document.createElement("div");
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", words.label);
    box.lang = language;
    const text = document.createElement("p");
    text.textContent = words.question;
    box.append(text, button(words.yes, agree, "yes"), button(words.later, postpone));
    box.addEventListener("keydown", (event) => event.key === "Escape" && postpone());
    root.append(box);
    document.body.append(bar);
  }

  async function look() {
    if (!isAble) return;
    const before = kept();
    const hasAgreed = Boolean(before.cart && before.subscription);
    if (Notification.permission === "denied") return stop();
    if (Notification.permission === "granted" && hasAgreed) return repeat(before);
    if (script.dataset.ask !== "never" && touched && cart && !(Number(before.laterUntil) > Date.now())) ask();
  }

  /** Whatever goes wrong here is no reason to disturb the shop's page. @param {() => unknown} action */
  async function quietly(action) {
    try {
      await action();
    } catch (error) {
      console.warn("wracaj-push:", error);
    }
  }

  /** Shopify names the cart here; what comes after the ? is no part of the token that its webhooks tell. */
  async function cartOfShopify() {
    const told = await (await fetch("/cart.js", { headers: { accept: "application/json" } })).json();
    return told.item_count ? String(told.token).split("?")[0] : undefined;
  }

  const published = {
    /** Tells which cart the visitor has, once it is known. @param {string} id */
    cart(id) {
      cart = id;
      return quietly(look);
    },
    /** Asks at once: for a button of the shop's own. */
    ask: () => quietly(ask),
    stop: () => quietly(stop),
  };
  Object.defineProperty(window, "wracajPush", { value: Object.freeze(published) });

  function firstTouch() {
    if (touched) return;
    touched = true;
    void quietly(look);
  }

  addEventListener("pointerdown", firstTouch, { passive: true });
  addEventListener("keydown", firstTouch);
  void quietly(async () => {
    if (isAble && script.dataset.cartFrom === "shopify") cart = await cartOfShopify();
    await look();
  });
})();
