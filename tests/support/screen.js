// Functions with which tests examine a page. Components draw inside shadow roots, so all functions search these too.
window.looks = (() => {
  const all = (node) => [...node.querySelectorAll("*")].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);
  const inside = (node) => all(node).filter((one) => one.shadowRoot).map((one) => one.shadowRoot);
  const text = () => [document.documentElement, ...inside(document)].map((node) => node.textContent).join(" ");

  const parent = (one) => one.assignedSlot ?? one.parentElement ?? one.getRootNode().host ?? null;
  const ancestors = (one) => {
    const found = [];
    for (let above = parent(one); above; above = parent(above)) found.push(above);
    return found;
  };
  const box = (one) => one.getBoundingClientRect();
  const isVisible = (one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && box(one).width > 2 && box(one).height > 2;
  const name = (one) => `${one.localName}.${one.dataset.testid ?? one.className} “${(one.ariaLabel ?? one.textContent ?? "").trim().slice(0, 40) || one.id}”`;

  // Left out are Streamlit's header and a phone's bar, which float over the page by design (test_phone_menu.py: nothing stays
  // under the bar), and a second, clipped field of a date input for internal use.
  const FRAME = "header, [data-testid=stToastContainer], .st-key-hidden_phone_bar, [data-testid=stSkipToContentLink], [data-testid=hidden-dateinput-container]";
  const ACTIVE = "a[href], button, input, select, textarea, summary, label, [role=button], [role=switch]";
  const content = () => all(document.body).filter((one) => isVisible(one) && ![one, ...ancestors(one)].some((each) => each.matches(FRAME)));

  // On a phone the open menu covers the whole page. A dialog covers the page on every device, and an open box a part of it.
  const menu = () => document.querySelector("[data-testid=stSidebar][data-collapsed=false]");
  const dialog = () => document.querySelector("[data-testid=stDialog], [data-testid=stPopoverBody]");
  const isUnderMenu = (one) => innerWidth < 700 && menu() && !ancestors(one).includes(menu());
  const isUnderDialog = (one) => dialog() && !ancestors(one).includes(dialog());
  const isCovered = (one) => isUnderMenu(one) || isUnderDialog(one);

  // Two elements of which one contains the other, such as a box and the arrow in it, count as one control.
  const overlaps = () => {
    const active = content().filter((one) => one.matches(ACTIVE) && !isCovered(one)).map((one) => ({ one, above: ancestors(one), ...box(one).toJSON() }));
    const crosses = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
    const isOne = (a, b) => a.above.includes(b.one) || b.above.includes(a.one);
    return active.flatMap((a, place) => active.slice(place + 1).filter((b) => crosses(a, b) && !isOne(a, b)).map((b) => `${name(a.one)} and ${name(b.one)}`));
  };

  // The board's columns stand side by side in a box that scrolls by itself.
  const isInScrolledBox = (one) => ancestors(one).some((each) => each.matches(".columns"));

  const overflows = () => {
    const scrolled = [document.scrollingElement, document.querySelector("[data-testid=stMain]")];
    const wide = scrolled.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => `${one.localName} scrolls sideways`);
    const outside = content().filter((one) => one.closest("[data-testid=stMain]") ?? ancestors(one).some((each) => each.matches("[data-testid=stMain], [data-testid=stDialog]")))
      .filter((one) => !isInScrolledBox(one) && (box(one).right > innerWidth + 1 || box(one).left < -1));
    return [...wide, ...outside.map(name)];
  };

  // The effect of a click is drawn later: the page requests a run (field 11 of Streamlit's BackMsg), which begins and
  // ends (fields 4 and 6 of its ForwardMsg). A request for a fragment that no longer exists is never answered.
  const ASK = 11, BEGUN = 4, ENDED = 6, LONGEST_WAIT = 5000;
  const fields = (data) => {
    const bytes = new Uint8Array(data), found = [];
    let place = 0;
    const number = (byte = bytes[place++]) => byte < 128 ? byte : byte - 128 + 128 * number();
    while (place < bytes.length) {
      const key = number(), value = number();
      found.push(key >> 3);
      if ((key & 7) === 2) place += value;
    }
    return found;
  };
  const run = { askedAt: -LONGEST_WAIT, hasBegun: true, hasEnded: true };
  const listened = new WeakSet();
  const listen = (socket) => {
    listened.add(socket);
    socket.addEventListener("message", ({ data }) => {
      const told = fields(data);
      if (told.includes(BEGUN)) run.hasBegun = true;
      if (told.includes(ENDED)) run.hasEnded = run.hasBegun;
    });
  };
  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function (data) {
    if (this.url.endsWith("/_stcore/stream")) {
      if (!listened.has(this)) listen(this);
      if (fields(data).includes(ASK)) Object.assign(run, { askedAt: performance.now(), hasBegun: false, hasEnded: false });
    }
    send.call(this, data);
  };
  const isAnswered = () => run.hasEnded || performance.now() - run.askedAt > LONGEST_WAIT;

  // After two frames everything requested before is drawn and has reported its scrolling. A hidden tab draws no frames.
  const frame = () => new Promise((resolve) => { requestAnimationFrame(resolve); setTimeout(resolve, 250); });
  const isDrawn = () => document.querySelector("[data-test-script-state=notRunning]") && !document.querySelector("[data-stale=true], [data-testid=stSkeleton]");
  const isStill = () => document.getAnimations().every((one) => one.playState !== "running" || one.effect.getComputedTiming().endTime === Infinity);
  // A component's place is there before its script has come, and what is pressed in between is lost. One has nothing to draw.
  const WITHOUT_ELEMENTS = ".st-key-hidden_live_tab";
  const isLoaded = () => [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")].every((one) => one.shadowRoot?.querySelector(".lodge") || one.closest(WITHOUT_ELEMENTS));
  const isSettled = async () => (await frame(), await frame(), Boolean(isAnswered() && isDrawn() && isLoaded() && isStill()));

  const matching = (selector) => all(document).filter((one) => one.matches(selector)).map((one) => one.outerHTML.slice(0, 300));
  return { text, overlaps, overflows, isSettled, matching };
})();
