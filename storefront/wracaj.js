// @ts-check
/**
 * Wracaj in a shop's pages: README.md beside this file says how a shop includes it.
 *
 * It reports the cart, once the visitor typed an e-mail and ticked the box with the shop's words beside it, and it offers
 * notifications about the cart. Nothing is sent or kept before the visitor agreed to one of the two.
 */
(() => {
  "use strict";

  /** @typedef {{id?: string, variant?: string, title: string, quantity: string, price?: string, image?: string, url?: string}} Line */
  /** @typedef {{items: Line[], currency?: string, total?: string}} Basket */
  /** @typedef {{key: string, last: number, sent: number, said: number, agreed: boolean, pushing: boolean, until: number}} Cart of this visitor */
  /** @typedef {{cart?: string, subscription?: PushSubscriptionJSON, laterUntil?: number}} Kept of notifications */

  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const told = script.dataset;
  const { api, shop, key } = told;
  if (!api || !shop) {
    console.warn("wracaj: data-api and data-shop must be there; `wracaj shop storefront` prints them");
    return;
  }
  const page = /** @type {any} */ (window);
  if (page.wracaj?.look) return; // included twice
  const isBot = /(^|[^u])bot\b|crawl|spider|slurp|preview|lighthouse|pingdom|mediapartners|facebookexternalhit|monitor/i.test(navigator.userAgent);
  const language = /^[a-z]{2}/i.exec(told.lang || document.documentElement.lang)?.[0].toLowerCase() || "en";
  const SECOND = 1000;
  const WEEK = 7 * 24 * 3600 * SECOND;
  const warned = new Set();

  /** Once: the script looks again and again. @param {unknown} what */
  function warn(what) {
    if (!warned.has(String(what))) console.warn("wracaj:", what);
    warned.add(String(what));
  }

  /** No error here disturbs the shop's page. @param {() => unknown} action */
  async function quietly(action) {
    try {
      return await action();
    } catch (error) {
      warn(error);
    }
  }

  /** As text/plain: such a request needs no preflight. @param {string} to @param {string} body */
  async function post(to, body) {
    const response = await fetch(`${api}/${to}/${shop}`, { method: "POST", body, credentials: "omit", keepalive: true });
    if (response.ok) return response.json();
    throw Object.assign(new Error(`${response.status} ${await response.text()}`), { status: response.status });
  }

  // --- What lies in the cart: one reader for each way in which pages show it. undefined: this page does not show it. ---

  const CURRENCY = told.currency || "PLN";
  const format = new Intl.NumberFormat(language, { style: "currency", currency: CURRENCY, currencyDisplay: "narrowSymbol" });
  const symbol = format.formatToParts(0).find((part) => part.type === "currency")?.value;
  const thousands = format.resolvedOptions().maximumFractionDigits === 3 ? /$^/ : /[.,](?=\d{3}$)/; // 1.234 of a dinar are its decimals

  /** @param {unknown} value @returns {string | undefined} on one line, without half an emoji at its end */
  const text = (value) =>
    String(value ?? "").replace(/\s+/g, " ").trim().slice(0, 200).replace(/[\ud800-\udbff]$/, "") || undefined;

  /** @param {unknown} value @returns {string | undefined} */
  const address = (value) => (value && String(value).length <= 1000 ? String(value) : undefined);

  /** @param {unknown} value "1,234" may be one or a thousand: it is none @returns {string | undefined} "49.9", as the endpoint takes numbers */
  const number = (value) => {
    const written = String(value ?? "").replace(/\s/g, "");
    const rounded = !written || /,\d{3}$/.test(written) ? NaN : Math.round(Number(written.replace(",", ".")) * 1e3) / 1e3;
    return rounded >= 0 && rounded < 1e9 ? String(rounded) : undefined;
  };

  /** @param {Element | null | undefined} shown "1 234,50 zł"; another currency than the shop's is no price @returns {string | undefined} */
  function money(shown) {
    const written = text(shown?.textContent) || "";
    if (!written.includes(symbol || CURRENCY) && !written.includes(CURRENCY)) return undefined;
    const digits = written.match(/\d[\d\s.,']*/)?.[0].replace(/[\s']/g, "") || "";
    return number(digits.replace(/[.,](?=.*[.,])/g, "").replace(thousands, "").replace(",", "."));
  }

  /** @param {any} minor @param {any} of WooCommerce's amounts: "4990" with 2 decimals */
  const units = (minor, of) => (minor == null ? undefined : number(Number(minor) / 10 ** Number(of?.currency_minor_unit ?? 2)));

  /** @param {Element} row @param {string} from */
  const part = (row, from) => /** @type {any} */ (row.querySelector(from));

  /** @type {Record<string, () => Basket | undefined | Promise<Basket | undefined>>} */
  const READERS = {
    /** The shop's own element, for any platform: `data-wracaj` holds JSON. */
    page() {
      const shown = document.querySelector("[data-wracaj]");
      if (!shown) return undefined;
      let said;
      try {
        said = JSON.parse(shown.getAttribute("data-wracaj") || shown.textContent || "");
      } catch {}
      if (Array.isArray(said?.items))
        return { currency: text(said.currency) || CURRENCY, total: number(said.total), items: said.items.map(line) };
      warn('data-wracaj must hold JSON such as {"items": [{"title": "Kubek", "quantity": 2}]}');
    },

    woocommerce() {
      const store = page.wp?.data?.select?.("wc/store/cart");
      if (!store) return classic();
      const { items, totals } = store.getCartData();
      if (store.hasFinishedResolution?.("getCartData") === false) return undefined;
      return {
        currency: text(totals?.currency_code),
        total: units(totals?.total_price, totals),
        items: items.map((/** @type {any} */ { id, name, quantity, prices, images, permalink }) =>
          line({ id, variant: id, title: name, quantity, price: units(prices?.price, prices), image: images?.[0]?.src, url: permalink }),
        ),
      };
    },

    shoper: () =>
      new Promise((resolve) => {
        setTimeout(resolve, 5 * SECOND);
        page.frontAPI.getBasketInfo((/** @type {any} */ { basket, products = basket?.products }) =>
          resolve({
            currency: CURRENCY,
            total: number(basket?.sum_no_shipping_float),
            items: (products || []).map((/** @type {any} */ one) =>
              line({ id: one.product_id, variant: one.stock_id, title: one.name, quantity: one.quantity, price: one.price_float }),
            ),
          }),
        );
      }),
  };

  /** @param {any} one @returns {Line} */
  const line = (one) => ({
    id: text(one.id),
    variant: text(one.variant),
    title: text(one.title) || "",
    quantity: number(one.quantity ?? 1) || "1",
    price: number(one.price),
    image: address(one.image),
    url: address(one.url),
  });

  /** WooCommerce's cart page, small cart or checkout, as its classic templates have them. */
  function classic() {
    const found = [".woocommerce-cart-form .cart_item", ".woocommerce-mini-cart .mini_cart_item", ".woocommerce-checkout-review-order-table .cart_item"];
    const rows = found.map((from) => [...document.querySelectorAll(from)]).find((some) => some.length);
    const isEmpty = document.querySelector(".cart-empty, .woocommerce-mini-cart__empty-message, .woocommerce-order-received");
    if (!rows) return isEmpty ? { items: [] } : undefined;
    const total = document.querySelector(".order-total .amount, .woocommerce-mini-cart__total .amount");
    return { currency: CURRENCY, total: money(total), items: rows.map(classicLine) };
  }

  /** @param {Element} row @returns {Line} */
  function classicLine(row) {
    const named = part(row, ".product-name") || row;
    const link = part(named, "a[href]:not(.remove)");
    const bare = (link && text(link.textContent) ? link : named).cloneNode(true);
    for (const more of bare.querySelectorAll(".product-quantity, .quantity, .variation, .remove, .screen-reader-text")) more.remove();
    const quantity = part(row, "input.qty")?.value || /\d+(\.\d+)?/.exec(part(row, ".product-quantity, .quantity")?.textContent || "1")?.[0];
    const whole = money(part(row, ".product-total .amount"));
    const price = money(part(row, ".product-price .amount, .quantity .amount")) || (whole && Number(whole) / Number(quantity));
    const image = part(row, "img");
    return line({ id: part(row, "[data-product_id]")?.dataset.product_id, title: bare.textContent, quantity, price, image: image?.src, url: link?.href });
  }

  /** Which reader; where the shop's webhooks report the carts, none. */
  function reader() {
    if (told.cart || given || isBot) return undefined;
    if (told.cartFrom) return READERS[told.cartFrom];
    if (document.querySelector("[data-wracaj]")) return READERS.page;
    return page.frontAPI?.getBasketInfo ? READERS.shoper : READERS.woocommerce;
  }

  // --- The e-mail, as it is typed, beside the box with the shop's words ---

  const FIELDS = "[data-wracaj-email], #billing_email, .wc-block-checkout #email, #box_basketaddress input[name=mail], #box_register input[name=mail]";
  const OWN_BOX = "[data-wracaj-consent]";
  const plain = (/** @type {string} */ words) => words.replace(/\s+/g, " ").trim();
  const words = told.words && plain(told.words);

  /** @param {Element} shown */
  const isVisible = (shown) => shown.getClientRects().length > 0;

  /** @returns {HTMLInputElement | undefined} */
  const field = () => /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll(FIELDS)]).find(isVisible);

  let isChosen = false; // the visitor ticked it on this page
  let isBack = false;

  /** @param {HTMLInputElement} own */
  const hasWords = (own) => [...(own.labels || [])].some((label) => isVisible(label) && plain(label.innerText) === words);

  /**
   * The shop's own box counts only if the words beside it are those of its settings, and are shown.
   * @param {HTMLInputElement} beside @returns {HTMLInputElement | undefined}
   */
  function box(beside) {
    const own = /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll(OWN_BOX)]);
    if (!own.length) return ours(beside);
    const shown = own.find(hasWords);
    if (!shown) warn("no address is read: the words beside data-wracaj-consent are not shown, or not those of storefront.consent");
    return shown;
  }

  /** Beside the field, wherever the page puts that. @param {HTMLInputElement} beside */
  function ours(beside) {
    let label = document.querySelector(".wracaj-consent");
    if (!label || !isVisible(label)) {
      label ||= made();
      (beside.closest(".form-row, .wc-block-components-text-input, label") || beside).after(label);
    }
    return isVisible(label) ? /** @type {HTMLInputElement} */ (label.querySelector("input")) : undefined;
  }

  function made() {
    const label = document.createElement("label");
    const input = document.createElement("input");
    input.type = "checkbox";
    input.checked = cart.agreed && !cart.withdrawn; // what this visitor ticked on a page before
    label.className = "wracaj-consent";
    label.append(input, ` ${words}`);
    return label;
  }

  /** Not by the page, nor before the visitor left it and came back. @param {HTMLInputElement} own */
  function isTicked(own) {
    if (!own.checked || cart.agreed || isChosen || !(own.defaultChecked || isBack)) return own.checked;
    warn("no address is read: the visitor did not tick data-wracaj-consent");
    return false;
  }

  /** @returns {{email: string, wording: string} | undefined} */
  function typed() {
    const beside = words && !isBot ? field() : undefined;
    const email = beside?.value.trim() || "";
    const own = beside && box(beside);
    return own && isTicked(own) && words && /^[^\s@]+@[^\s@]+\.[^\s@.]{2,}$/.test(email) ? { email, wording: words } : undefined;
  }

  // --- What this browser keeps of the cart ---

  const STORE = "wracaj";
  /** @type {"none" | "tab" | "weeks"} */
  let keeping = told.keep === "weeks" || told.keep === "none" ? told.keep : read("wracaj") ? "weeks" : "tab";

  /** @param {number} length in bytes */
  const random = (length) => base64url(crypto.getRandomValues(new Uint8Array(length)));

  /** @param {Uint8Array} raw */
  const base64url = (raw) => btoa(String.fromCharCode(...raw)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  /** @returns {Cart} */
  const anew = () => ({ key: random(24), last: 0, sent: 0, said: 0, agreed: false, withdrawn: false, pushing: false, until: 0 });

  /** @param {string} from @returns {any} */
  function read(from, store = "localStorage") {
    try {
      return JSON.parse(page[store].getItem(from));
    } catch {
      return null;
    }
  }

  /** @param {string} as @param {unknown} what null: no more */
  function write(as, what, store = "localStorage") {
    try {
      if (what) page[store].setItem(as, JSON.stringify(what));
      else page[store].removeItem(as);
    } catch {}
  }

  /** @returns {Cart} */
  function remembered() {
    const before = read(STORE) || read(STORE, "sessionStorage");
    return before?.until > Date.now() ? before : anew();
  }
  let cart = remembered();

  function keep() {
    const what = cart.agreed || cart.pushing ? { ...cart, until: Date.now() + 4 * WEEK } : null;
    write(STORE, keeping === "weeks" ? what : null);
    write(STORE, keeping === "tab" ? what : null, "sessionStorage");
  }

  /** The id under which the cart is reported: nobody can tell the key from it. */
  async function id() {
    if (given) return given;
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${shop}:${cart.key}`));
    return `wracaj-${base64url(new Uint8Array(digest)).slice(0, 24)}`;
  }

  // --- Reporting: the whole cart each time, so that the last report is enough ---

  /** @typedef {{body: string, sent: number, said: number, isEnd: boolean}} Report its marks tell whether anything is new */

  /** @type {Basket | undefined} */
  let basket;
  const NO_MORE = { agreed: false };
  let isTelling = false;
  let waitUntil = 0;
  /** @type {number | undefined} */
  let timer;
  /** @type {Report | undefined} */
  let underway;
  /** @type {Report | undefined} */
  let left;

  /** So that nothing of it is kept in the browser. @param {unknown} what @returns {number} */
  const mark = (what) => [...JSON.stringify(what ?? 0)].reduce((sum, letter) => (Math.imul(31, sum) + (letter.codePointAt(0) || 0)) | 0, 7);

  /** @returns {Basket | undefined} as much of the cart as one report takes */
  function shown() {
    const items = basket?.items.filter((one) => one.title && one.quantity !== "0").slice(0, 30);
    if (!basket || !items) return undefined;
    const isLong = JSON.stringify(items).length > 12000;
    return { ...basket, items: isLong ? items.map((one) => ({ ...one, image: undefined, url: undefined })) : items };
  }

  /** @returns {Report | undefined} what is to be reported; none: the endpoint knows it, or may not */
  function report() {
    const said = cart.withdrawn ? NO_MORE : typed();
    if (said && !cart.withdrawn) cart.agreed = true;
    const content = shown();
    const isKnown = cart.sent !== 0;
    if (!(cart.agreed || cart.pushing || cart.withdrawn) || !(isKnown || content?.items.length)) return undefined;
    const sent = content ? mark(content) : cart.sent;
    const marks = { sent, said: said ? mark(said) : cart.said };
    if (sent === cart.sent && marks.said === cart.said) return undefined;
    if (underway?.sent === sent && underway.said === marks.said) return underway;
    cart.last = Math.max(Date.now(), cart.last + 1); // reports are in the order of these, whatever the clock does
    const lang = ["pl", "en"].includes(language) ? language : undefined;
    const isEnd = !!basket && !basket.items.length;
    return (underway = { ...marks, isEnd, body: JSON.stringify({ key: cart.key, at: cart.last, ...content, ...said, lang }) });
  }

  /** @param {Report} now */
  function reported({ sent, said, isEnd }) {
    cart = { ...cart, sent, said };
    if (cart.withdrawn && said === mark(NO_MORE)) cart.agreed = cart.withdrawn = false; // not by the answer to an earlier yes
    if (isEnd) cart = anew(); // bought or emptied: the next one is another cart
    keep();
  }

  async function tellCart() {
    const now = report();
    if (!now || isTelling || Date.now() < waitUntil) return;
    keep();
    isTelling = true;
    try {
      const { status } = await post("cart", now.body);
      if (status !== "ordered" && status !== "forgotten") return reported(now);
      cart = { ...anew(), sent: now.sent, said: now.said }; // this page shows what was bought: no cart yet
      keep();
    } catch (error) {
      const status = /** @type {any} */ (error).status;
      if (status && status < 500 && status !== 429) reported(now); // said once more, it would be refused once more
      else waitUntil = Date.now() + 60 * SECOND;
      throw error;
    } finally {
      isTelling = false;
    }
  }

  async function lookAtCart() {
    clearTimeout(timer);
    timer = undefined;
    const beside = words && !isBot ? field() : undefined;
    if (beside) box(beside);
    if (!(beside || cart.agreed || cart.pushing || isAble)) return;
    basket = (await reader()?.()) || basket;
    await tellCart();
    if (!basket?.items.length || given || !isAble) return;
    const now = await id();
    if (now !== own) await visitorHas(now);
  }

  /** Waits for a pause: of what is being typed, only the end is meant. @param {number} pause */
  function lookAfter(pause) {
    clearTimeout(timer);
    timer = setTimeout(() => void quietly(lookAtCart), pause);
  }

  /** Whether it arrives, nobody hears: so the next look reports it again. */
  function leave() {
    const from = reader();
    try {
      if (from !== READERS.shoper) basket = /** @type {Basket | undefined} */ (from?.()) || basket;
    } catch {}
    const now = report();
    if (now && now !== left && navigator.sendBeacon(`${api}/cart/${shop}`, now.body)) left = now;
    keep();
  }

  /** @param {Event} event */
  function touched(event) {
    const on = /** @type {Element} */ (event.target);
    if (on.matches?.(`${OWN_BOX}, .wracaj-consent input`) && event.type === "change") {
      isChosen = /** @type {HTMLInputElement} */ (on).checked;
      cart.withdrawn = !isChosen && cart.agreed;
    }
    lookAfter(on.matches?.(FIELDS) && event.type === "input" ? 2 * SECOND : SECOND / 2);
  }

  /** A page as it was; its visitor may have said otherwise since. @param {PageTransitionEvent} event */
  function shownAgain({ persisted }) {
    if (!persisted) return;
    [cart, underway, isChosen, isBack] = [remembered(), undefined, false, true];
    document.querySelector(".wracaj-consent")?.remove();
    lookAfter(0);
  }

  // --- Notifications: the shop's question, the browser's question, the subscription ---

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
  const PUSH_STORE = "wracaj-push";
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

  const isAble =
    key && !isBot && window.isSecureContext && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  const say = { ...(language === "pl" ? WORDS.pl : WORDS.en) };
  for (const name of /** @type {(keyof typeof say)[]} */ (Object.keys(say))) say[name] = told[name] || say[name];
  const worker = told.worker || "/wracaj-sw.js";
  const scope = told.scope || new URL("wracaj-push/", new URL(worker, location.href)).pathname;
  const weeks = Number(told.laterWeeks) || 4;

  /** The cart that the shop's webhooks report. @type {string | undefined} */
  let given = told.cart || undefined;
  /** The cart that notifications are about. @type {string | undefined} */
  let own = given;
  /** @type {HTMLElement | undefined} */
  let bar;
  let isTouched = false;

  /** @returns {Kept} */
  const kept = () => read(PUSH_STORE) || {};
  const postpone = () => write(PUSH_STORE, { ...kept(), laterUntil: Date.now() + weeks * WEEK });

  /** @param {Record<string, unknown>} body @returns {Promise<{status: string}>} */
  const postPush = (body) => post("push", JSON.stringify(body));

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

  /** @param {string} written base64url */
  const bytes = (written) => Uint8Array.from(atob(written.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

  /** @param {PushSubscription} subscription */
  function isForThisShop(subscription) {
    const known = subscription.options.applicationServerKey;
    return !known || base64url(new Uint8Array(known)) === base64url(bytes(/** @type {string} */ (key)));
  }

  /** @param {ServiceWorkerRegistration} registration @returns {Promise<PushSubscriptionJSON>} */
  async function subscribed(registration) {
    const known = await registration.pushManager.getSubscription();
    if (known && isForThisShop(known)) return known.toJSON();
    if (known) await known.unsubscribe();
    const wanted = { userVisibleOnly: true, applicationServerKey: bytes(/** @type {string} */ (key)) };
    return (await registration.pushManager.subscribe(wanted)).toJSON();
  }

  /** Tells of this browser's subscription. @param {string} wording what the visitor has just agreed to */
  async function tell(wording) {
    if (!own) return;
    const registration = await registered();
    const subscription = await subscribed(registration);
    await postPush({ cart_id: own, subscription, wording });
    await remember(registration, { cart_id: own, subscription });
  }

  /**
   * Nobody clicked: the visitor has another cart, or the browser another subscription. Told once for each, as a repetition of
   * the opt-in that was given; where that one counts no more, the shop's question waits as after "not now".
   * @param {Kept} before
   */
  async function repeat(before) {
    if (!own) return;
    const registration = await registered();
    const subscription = await subscribed(registration);
    if (before.cart === own && before.subscription?.endpoint === subscription.endpoint) return;
    const repeats = { cart_id: before.cart, subscription: before.subscription };
    const { status } = await postPush({ cart_id: own, subscription, repeats });
    if (status === "expired") forget(registration);
    else await remember(registration, { cart_id: own, subscription });
  }

  /** @param {ServiceWorkerRegistration} registration @param {{cart_id: string, subscription: PushSubscriptionJSON}} about */
  async function remember(registration, about) {
    write(PUSH_STORE, { cart: about.cart_id, subscription: about.subscription });
    registration.active?.postMessage({ wracaj: about });
    if (given) return;
    cart.pushing = true; // the cart itself is reported from now on, too
    await tellCart();
  }

  /** @param {ServiceWorkerRegistration} [registration] */
  function forget(registration) {
    write(PUSH_STORE, { laterUntil: Date.now() + weeks * WEEK });
    registration?.active?.postMessage({ wracaj: null });
  }

  /** The permission was taken back, or the visitor asks the shop to stop. */
  async function stop() {
    const { cart: about, subscription: last } = kept();
    if (!about || !last) return;
    const registration = await navigator.serviceWorker.getRegistration(scope);
    const known = await registration?.pushManager.getSubscription();
    const now = known?.toJSON() || last;
    for (const subscription of now.endpoint === last.endpoint ? [last] : [last, now])
      await postPush({ cart_id: about, subscription, unsubscribe: true });
    forget(registration);
    await known?.unsubscribe();
  }

  function close() {
    bar?.remove();
    bar = undefined;
  }

  async function agree() {
    close();
    if ((await Notification.requestPermission()) === "granted") await tell(say.question);
    else postpone();
  }

  function later() {
    close();
    postpone();
  }

  /** @param {string} label @param {() => unknown} action @param {string} [name] */
  function button(label, action, name = "") {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = label;
    made.className = name;
    made.addEventListener("click", () => void quietly(action));
    return made;
  }

  /** Out of reach of the page's styles. It takes no focus: whoever is typing goes on typing. */
  function ask() {
    if (bar || !isAble || !own || Notification.permission === "denied") return;
    bar = document.createElement("wracaj-push");
    const root = bar.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    const question = document.createElement("div");
    question.setAttribute("role", "region");
    question.setAttribute("aria-label", say.label);
    question.lang = language;
    const asked = document.createElement("p");
    asked.textContent = say.question;
    question.append(asked, button(say.yes, agree, "yes"), button(say.later, later));
    question.addEventListener("keydown", (event) => event.key === "Escape" && later());
    root.append(question);
    document.body.append(bar);
  }

  async function lookAtPush() {
    if (!isAble) return;
    const before = kept();
    if (Notification.permission === "denied") return stop();
    if (Notification.permission === "granted" && before.cart && before.subscription) return repeat(before);
    if (told.ask !== "never" && isTouched && own && !(Number(before.laterUntil) > Date.now())) ask();
  }

  /** @param {string | undefined} cartId */
  function visitorHas(cartId) {
    own = cartId;
    return lookAtPush();
  }

  /** What comes after the ? is no part of the token that Shopify's webhooks tell. */
  async function cartOfShopify() {
    const told = await (await fetch("/cart.js", { headers: { accept: "application/json" } })).json();
    return told.item_count ? String(told.token).split("?")[0] : undefined;
  }

  // --- What a shop may call, and when the script looks by itself ---

  const published = {
    /** Which cart the shop's webhooks report. @param {string} cartId */
    cart: (cartId) => quietly(() => visitorHas((given = cartId))),
    /** Asks whether to notify: for a button of the shop's own. */
    ask: () => quietly(ask),
    stop: () => quietly(stop),
    /** The id under which this visitor's cart is reported: for a field of the order. */
    id: () => quietly(id),
    /** Looks at the cart now: for a page that changed it without a click. */
    look: () => quietly(lookAtCart),
    /** What this browser may keep of the cart: true, for some weeks; false, nothing. @param {boolean} isAllowed */
    allow(isAllowed) {
      keeping = isAllowed ? "weeks" : "none";
      keep();
    },
  };
  Object.defineProperty(window, "wracaj", { value: Object.freeze(published) });

  function firstTouch() {
    if (isTouched) return;
    isTouched = true;
    void quietly(lookAtPush);
  }

  addEventListener("pointerdown", firstTouch, { passive: true });
  addEventListener("keydown", firstTouch);
  for (const kind of ["input", "change", "click"]) addEventListener(kind, touched, { capture: true, passive: true });
  addEventListener("pagehide", leave);
  addEventListener("pageshow", shownAgain);
  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : lookAfter(0)));
  setInterval(() => {
    if (!document.hidden && timer === undefined && (words || key)) void quietly(lookAtCart);
  }, 5 * SECOND);
  void quietly(async () => {
    if (isAble && told.cartFrom === "shopify") given = own = await cartOfShopify();
    await lookAtPush();
    await lookAtCart();
  });
})();
