/* The shop's own script: cart, login, gallery; and what it tells the tracker, in the words of the e-commerce specification. */
(() => {
  "use strict";
  const one = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const lira = (n) => new Intl.NumberFormat("tr-TR", { style: "currency", currency: "TRY" }).format(n);
  const told = (element) => JSON.parse(element.dataset.product);
  /** Before the tracker is there nothing is lost: it is told when it comes. */
  const track = (...event) => { if (window.muhatap) muhatap.track(...event); else addEventListener("muhatap:visitor", () => muhatap.track(...event), { once: true }); };

  // ---- consent: asked once, kept as the shop's own cookie
  const answer = /(?:^|; )onay=(\w+)/.exec(document.cookie);
  one(".consent").hidden = Boolean(answer);
  for (const button of all("[data-consent-answer]")) button.addEventListener("click", () => {
    document.cookie = `onay=${button.dataset.consentAnswer}; path=/; max-age=31536000; samesite=lax`;
    one(".consent").hidden = true;
    if (button.dataset.consentAnswer === "evet" && window.muhatap) muhatap.consent(true);
  });

  // ---- the cart, in this browser
  const cart = {
    read() { try { return JSON.parse(localStorage.getItem("sepet")) || { id: `s${Date.now()}`, lines: [] }; } catch { return { id: "s", lines: [] }; } },
    write(kept) { localStorage.setItem("sepet", JSON.stringify(kept)); this.show(); },
    add(product) {
      const kept = this.read(), same = kept.lines.find((line) => line.product_id === product.product_id && line.variant === product.variant);
      if (same) same.quantity += 1; else kept.lines.push({ ...product, quantity: 1 });
      this.write(kept);
      track("Product Added", { cart_id: kept.id, ...product, quantity: 1 });
    },
    remove(place) {
      const kept = this.read(), [gone] = kept.lines.splice(place, 1);
      this.write(kept);
      track("Product Removed", { cart_id: kept.id, ...gone });
    },
    total(kept = this.read()) { return kept.lines.reduce((sum, line) => sum + line.quantity * Number(line.price), 0); },
    show() {
      const kept = this.read(), n = kept.lines.reduce((sum, line) => sum + line.quantity, 0);
      one("[data-cart-count]").textContent = n || "";
      for (const place of all("[data-cart-total]")) place.textContent = n ? lira(this.total(kept)) : "Sepetiniz boş.";
      for (const link of all("[data-checkout]")) link.hidden = !n;
      const list = one("[data-cart]");
      if (list) list.replaceChildren(...kept.lines.map((line, place) => {
        const row = document.createElement("li"), name = document.createElement("span"), price = document.createElement("span"), button = document.createElement("button");
        name.textContent = `${line.name}, ${line.variant} × ${line.quantity}`;
        price.textContent = lira(line.quantity * Number(line.price));
        button.textContent = "Çıkar";
        button.addEventListener("click", () => this.remove(place));
        row.append(name, price, button);
        return row;
      }));
    },
  };
  cart.show();

  // ---- lists and searches
  const list = one("[data-list]");
  if (list) {
    const products = all(".card").map(told), asked = list.dataset.told ? JSON.parse(list.dataset.told) : {};
    if (asked.asked) track("Products Searched", { query: asked.asked, results: asked.n });
    if (products.length) track("Product List Viewed", { list_id: list.dataset.list, products });
    for (const card of all(".card")) card.querySelector("a").addEventListener("click", () => track("Product Clicked", told(card)));
  }

  // ---- a product
  const page = one(".product");
  if (page) {
    const product = told(page), shown = { view: "bütün", colour: one("[data-colour]").dataset.colour };
    track("Product Viewed", { ...product, variant: shown.colour });
    const show = () => { one(".picture").src = `/resim/${product.product_id}/${encodeURIComponent(shown.colour)}/${encodeURIComponent(shown.view)}.svg`; };
    const choose = (kind, buttons) => buttons.forEach((button) => button.addEventListener("click", () => {
      shown[kind] = button.dataset[kind];
      buttons.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
      show();
    }));
    choose("view", all("[data-view]"));
    choose("colour", all("[data-colour]"));
    one(".buy").addEventListener("click", () => { cart.add({ ...product, variant: shown.colour }); one(".said").textContent = "Sepete eklendi."; });
  }

  // ---- cart and checkout
  const products = () => cart.read().lines;
  if (one("[data-cart]")) track("Cart Viewed", { cart_id: cart.read().id, products: products() });
  const order = one("[data-order]");
  if (order) {
    track("Checkout Started", { cart_id: cart.read().id, value: cart.total(), currency: "TRY", products: products() });
    order.addEventListener("submit", (event) => {
      event.preventDefault();
      const number = String(10000 + Math.floor(Math.random() * 89999));
      track("Order Completed", { order_id: number, cart_id: cart.read().id, total: cart.total(), currency: "TRY", products: products() });
      cart.write({ id: `s${Date.now()}`, lines: [] });
      order.hidden = true;
      one(".said").textContent = `Siparişiniz alındı: #${number}`;
    });
  }

  // ---- who is here: the shop's own server says so, and signs it
  const post = (path, body) => fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const login = one("[data-login]");
  if (login) login.addEventListener("submit", async (event) => {
    event.preventDefault();
    const said = await post("/giris", Object.fromEntries(new FormData(login)));
    if (!said.ok) { one(".said").textContent = "E-posta ya da şifre yanlış."; return; }
    const who = await said.json();
    if (window.muhatap) muhatap.identify(who.number, {}, who.identity);
    location.assign("/hesabim/");
  });
  const logout = one("[data-logout]");
  if (logout) logout.addEventListener("click", async () => {
    await post("/cikis", {});
    if (window.muhatap) muhatap.reset();
    if (window.muhatapChat) muhatapChat.identify("");
    location.assign("/");
  });
})();
