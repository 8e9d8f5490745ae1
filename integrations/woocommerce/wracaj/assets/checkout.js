/**
 * Reports the e-mail address and the consent box of the checkout once they are filled in: by the
 * fields of the classic checkout, by the data stores of the block checkout. Sets no cookie, stores
 * nothing in the browser, and sends only addresses that look whole.
 */
(function () {
  "use strict";

  var config = window.wracajCheckout;
  if (!config || !window.fetch || !window.FormData) {
    return;
  }
  var PAUSE = 1200;
  var ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@.]{2,}$/;
  var reported = null;
  var timer = null;

  function fromFields() {
    var email = document.querySelector("#billing_email, .wc-block-checkout #email, #contact-email");
    var box = document.querySelector("#wracaj_consent, [id$='wracaj-email-consent'], [id$='wracaj/email-consent']");
    return {
      email: email ? email.value.trim() : "",
      consent: box && box.type === "checkbox" ? box.checked : null,
    };
  }

  /** The block checkout's own state, where the page has one. */
  function fromStores(seen) {
    try {
      var select = window.wp && window.wp.data && window.wp.data.select;
      var cart = select && select("wc/store/cart");
      var checkout = select && select("wc/store/checkout");
      if (!cart || !cart.getCustomerData || !document.querySelector(".wc-block-checkout")) {
        return seen;
      }
      var billing = cart.getCustomerData().billingAddress || {};
      var fields = checkout && checkout.getAdditionalFields ? checkout.getAdditionalFields() : {};
      var ticked = fields ? fields[config.field] : undefined;
      return {
        email: (billing.email || seen.email || "").trim(),
        consent: ticked === undefined || ticked === null ? seen.consent : ticked === true || ticked === "1",
      };
    } catch (error) {
      return seen;
    }
  }

  function report() {
    var seen = fromStores(fromFields());
    var known = seen.email + "|" + seen.consent;
    if (!ADDRESS.test(seen.email) || known === reported) {
      return;
    }
    reported = known;
    var form = new FormData();
    form.append("nonce", config.nonce);
    form.append("email", seen.email);
    form.append("consent", seen.consent === null ? "" : seen.consent ? "1" : "0");
    window
      .fetch(config.url, { method: "POST", body: form, credentials: "same-origin", keepalive: true })
      .then(function (answer) {
        if (!answer.ok) {
          reported = null;
        }
      })
      .catch(function () {
        reported = null;
      });
  }

  function soon() {
    window.clearTimeout(timer);
    timer = window.setTimeout(report, PAUSE);
  }

  ["input", "change", "focusout"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      var id = event.target && event.target.id;
      if (id && /^(billing_email|email|contact-email|wracaj_consent)$|wracaj[-/]email-consent$/.test(id)) {
        soon();
      }
    });
  });

  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden") {
      report(); // who leaves the page right after typing
    }
  });

  function watchStores() {
    if (window.wp && window.wp.data && window.wp.data.subscribe && window.wp.data.select("wc/store/cart")) {
      var before = "";
      window.wp.data.subscribe(function () {
        var seen = fromStores(fromFields());
        var now = seen.email + "|" + seen.consent;
        if (now !== before) {
          before = now;
          soon();
        }
      });
    }
  }

  if (document.readyState === "complete") {
    watchStores();
    soon();
  } else {
    window.addEventListener("load", function () {
      watchStores();
      soon();
    });
  }
})();
