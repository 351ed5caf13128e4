// What a person pasted, as a stream: the value of a field would be one message to the server, however large. It begins with a byte
// order mark, because a stream of no bytes cannot be handed over.
window.lagoConsole = { textOf: (field) => new Blob(["\uFEFF", field.value]) };

// A button for paper: the page says which.
document.addEventListener("click", ({ target }) => {
  if (target instanceof Element && target.closest("[data-print]")) {
    print();
  }
});

// What a person chose for this browser alone. A browser may refuse to keep anything.
const kept = {
  has(choice) {
    try {
      return localStorage.getItem(choice) !== null;
    } catch {
      return false;
    }
  },
  set(choice, isSet) {
    try {
      isSet ? localStorage.setItem(choice, "") : localStorage.removeItem(choice);
    } catch {
      // It holds until the page is loaded anew.
    }
  },
};

// ---- Times. A page says UTC; the browser alone knows its zone. How long ago is counted from the console's clock, which the page says
// whenever it is drawn: the sandbox moves it, and a browser's clock may be wrong.
const clock = { said: null, at: 0 };
const relative = new Intl.RelativeTimeFormat("en", { style: "long", numeric: "always" });
const here = {
  full: new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" }),
  day: new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZoneName: "short" }),
  time: new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", timeZoneName: "short" }),
};

function now() {
  const said = document.querySelector("[data-now]")?.dataset.now ?? null;
  if (said !== clock.said) {
    clock.said = said;
    clock.at = performance.now();
  }
  return said === null ? Date.now() : Date.parse(said) + performance.now() - clock.at;
}

function fromNow(instant) {
  const seconds = (instant - now()) / 1000;
  const size = Math.abs(seconds);
  if (size < 60) {
    return seconds < 0 ? "just now" : "in less than a minute";
  }
  const [length, unit] = size < 3600 ? [60, "minute"] : size < 172800 ? [3600, "hour"] : [86400, "day"];
  return relative.format(Math.trunc(seconds / length), unit);
}

// The time in the browser's zone, where that is another than UTC; with its day where that differs.
function local(instant) {
  if (instant.getTimezoneOffset() === 0) {
    return null;
  }
  return (instant.getDate() === instant.getUTCDate() ? here.time : here.day).format(instant);
}

// Beside the time, drawn by the style sheet from an attribute: the page's own text stays as the server wrote it.
function tellTimes() {
  for (const time of document.querySelectorAll("time.utc-time[datetime]")) {
    const instant = new Date(time.dateTime);
    const beside = [fromNow(instant), local(instant)].filter((part) => part !== null).join(" · ");
    if (time.dataset.beside !== beside) {
      time.dataset.beside = beside;
    }
  }
}

for (const event of ["mouseover", "focusin"]) {
  document.addEventListener(event, ({ target }) => {
    const time = target instanceof Element ? target.closest("time[datetime]") : null;
    if (time) {
      const instant = new Date(time.dateTime);
      time.title = `${here.full.format(instant)}, ${fromNow(instant)}`;
    }
  });
}

document.documentElement.classList.toggle("times-beside", kept.has("times-beside"));
new MutationObserver(() => {
  tellTimes();
  reachRoomsSoon();
  standAgainSoon();
}).observe(document.body, { subtree: true, childList: true, attributeFilter: ["datetime", "data-now", "disabled"] });
setInterval(tellTimes, 15_000);
tellTimes();

// ---- Rooms that scroll. What is wider than its room is scrolled by keys too (WCAG 2.1.1): the room is a place to stop at, while it is.
let reachesRooms = false;

function reachRooms() {
  reachesRooms = false;
  for (const room of document.querySelectorAll(".mud-table-container, .log-lines:not([role=region])")) {
    const scrolls = room.scrollWidth > room.clientWidth + 1 || room.scrollHeight > room.clientHeight + 1;
    if (scrolls && !room.hasAttribute("tabindex")) {
      room.tabIndex = 0;
      room.setAttribute("role", "group");
      room.setAttribute("aria-label", room.matches(".log-lines") ? "Text that scrolls" : "Table that scrolls");
    } else if (!scrolls && room.hasAttribute("tabindex")) {
      for (const attribute of ["tabindex", "role", "aria-label"]) {
        room.removeAttribute(attribute);
      }
    }
  }
}

// Once for all that changes before the next picture.
function reachRoomsSoon() {
  if (!reachesRooms) {
    reachesRooms = true;
    requestAnimationFrame(reachRooms);
  }
}

addEventListener("resize", reachRoomsSoon);
document.addEventListener("toggle", reachRoomsSoon, { capture: true });
reachRoomsSoon();

// ---- The focus. What had it may go or be switched off: a row that is settled, a button while it works. Without this, keys go nowhere then,
// and a screen reader begins at the top. What is switched on again has it back; else the open dialog has it, or on a page the heading over
// the place, as a page's title has it on the way to another page.
let onPage = []; // what last had the focus there, and all that it stands in
let inDialog = [];
let latest = null; // what last had the focus anywhere, in a menu or a message too
let rests = null; // what had the focus when it was switched off
let standsSoon = false;

const openDialog = () => [...document.querySelectorAll(".mud-dialog")].at(-1);

// Some browsers leave the focus on what is switched off. On the dialog itself it is only until its place can have it back.
function isLost() {
  const part = document.activeElement;
  return part === document.body || part.matches(":disabled") || part === openDialog();
}

document.addEventListener("focusin", ({ target }) => {
  const whole = target.closest(".mud-dialog, main");
  if (target === whole) {
    return;
  }
  latest = target;
  if (!whole) {
    return;
  }
  const stands = [];
  for (let part = target; part !== whole.parentElement; part = part.parentElement) {
    stands.push(part);
  }
  if (whole.matches("main")) {
    onPage = stands;
  } else {
    inDialog = stands;
  }
});

// A click beside everything takes the focus away on purpose.
document.addEventListener("mousedown", () => setTimeout(() => {
  if (document.activeElement === document.body && !openDialog()) {
    onPage = [];
    rests = null;
  }
}), { capture: true });

function standAgain() {
  standsSoon = false;
  const dialog = openDialog();
  const [part, ...rooms] = dialog ? inDialog : onPage;
  if (!part || !isLost() || document.querySelector("dialog[open]")) {
    return;
  }
  let goal = null;
  if (part.isConnected && !part.matches(":disabled")) {
    goal = part === rests || !latest.isConnected ? part : null; // else it was left on purpose
    rests = null;
  } else if (dialog) {
    goal = dialog;
  } else if (!part.isConnected) {
    goal = rooms.filter((room) => room.isConnected).map((room) => room.querySelector("h1, h2, h3")).find((heading) => heading);
    if (goal) {
      goal.tabIndex = -1;
    }
  }
  if (goal !== document.activeElement) {
    goal?.focus({ preventScroll: true });
  }
}

// After the page had its time to put the focus somewhere itself.
function standAgainSoon() {
  const [part] = openDialog() ? inDialog : onPage;
  if (part?.matches(":disabled")) {
    rests = part;
  }
  if (part && !standsSoon && isLost()) {
    standsSoon = true;
    setTimeout(standAgain, 300);
  }
}

// The first click into a field that finds marks what is in it, as Tab does: what is typed next replaces it.
let clicksInto = null;
document.addEventListener("pointerdown", ({ target }) => {
  clicksInto = target === document.activeElement ? null : target;
}, { capture: true });
document.addEventListener("click", ({ target }) => {
  if (target === clicksInto && target.matches(".mud-autocomplete input") && target.selectionStart === target.selectionEnd) {
    target.select();
  }
});

// ---- Keys. Single characters, so they can be switched off (WCAG 2.1.4), and they are not heard where a person types.
let goesSince = -Infinity;
const keysHelp = () => document.getElementById("keys-help");

function openKeysHelp() {
  const help = keysHelp();
  if (help && !help.open) {
    help.querySelector("#keys-on").checked = !kept.has("keys-off");
    help.querySelector("#times-beside").checked = document.documentElement.classList.contains("times-beside");
    help.showModal();
  }
}

// The page's search, or the first of its filters.
const searchField = () => [...document.querySelectorAll("main input[id$=-search], main input[id$=-buyer], main .filters input")].find((field) => field.offsetParent);

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || kept.has("keys-off")
    || (target instanceof Element && target.closest("input, textarea, select, [contenteditable], [role=listbox], dialog"))
    || document.querySelector(".mud-dialog, .mud-popover-open")) {
    return;
  }
  const link = event.timeStamp - goesSince < 2_000 ? keysHelp()?.querySelector(`[data-go="${CSS.escape(key)}"]`) : null;
  goesSince = key === "g" && !link ? event.timeStamp : -Infinity;
  const act = link ? () => link.click() : { "/": () => searchField()?.focus(), "?": openKeysHelp }[key];
  if (act) {
    event.preventDefault();
    act();
  }
});

// Escape in a dialog that asks before what was typed is lost. In an open list it closes the list alone.
document.addEventListener("keydown", ({ key, target }) => {
  if (key === "Escape" && target instanceof Element && !document.querySelector(".mud-popover-open")) {
    target.closest(".mud-dialog")?.querySelector("[data-escape]")?.click();
  }
});

document.addEventListener("click", ({ target }) => {
  if (!(target instanceof Element)) {
    return;
  }
  if (target.closest("[data-keys-help]")) {
    openKeysHelp();
  } else if (target.closest("#keys-help :is(a, [data-close])")) {
    keysHelp().close();
  }
});

document.addEventListener("change", ({ target }) => {
  if (target.id === "keys-on") {
    kept.set("keys-off", !target.checked);
  } else if (target.id === "times-beside") {
    kept.set("times-beside", target.checked);
    document.documentElement.classList.toggle("times-beside", target.checked);
  }
});

// ---- Being there. Pages talk over their circuit, also by themselves: so the server is told when a person does something, once a minute
// at most, and ends a sign-in that nobody uses.
let toldAt = -Infinity;
for (const event of ["pointerdown", "keydown", "wheel"]) {
  document.addEventListener(event, ({ timeStamp }) => {
    if (timeStamp - toldAt > 60_000 && document.querySelector("[data-interactive=true]")) {
      toldAt = timeStamp;
      fetch("/signed-in", { method: "POST", redirect: "manual" }).catch(() => {}); // a lost connection has a notice of its own
    }
  }, { capture: true, passive: true });
}

// ---- The connection. Blazor tries for some minutes to find the page's circuit again; after that this goes on, without a person. A
// circuit that is gone means a page that is loaded anew, at the same address and height and with the same field in focus.
const notice = document.getElementById("components-reconnect-modal");
const place = "place";
let comesBack = false;

function loadAnew() {
  try {
    sessionStorage.setItem(place, JSON.stringify({ address: location.href, top: scrollY, field: document.activeElement?.id }));
  } catch {
    // Then it begins at its top.
  }
  location.reload();
}

async function reconnect() {
  try {
    if (!(await Blazor.reconnect())) {
      loadAnew();
    }
    return true;
  } catch {
    return false; // not reached
  }
}

async function comeBack() {
  if (comesBack) {
    return;
  }
  comesBack = true;
  while (!(await reconnect())) {
    await new Promise((resolve) => setTimeout(resolve, 5_000));
  }
  comesBack = false;
}

notice?.addEventListener("components-reconnect-state-changed", ({ detail }) => {
  if (detail.state === "failed") {
    comeBack();
  } else if (detail.state === "rejected" || detail.state === "resume-failed") {
    loadAnew(); // the server no longer knows this circuit
  }
});
document.getElementById("reconnect-now")?.addEventListener("click", reconnect);

function takePlace() {
  let left = null;
  try {
    left = JSON.parse(sessionStorage.getItem(place));
    sessionStorage.removeItem(place);
  } catch {
    // It begins at its top.
  }
  if (left?.address !== location.href) {
    return;
  }
  const until = performance.now() + 10_000;
  const wait = setInterval(() => {
    const isThere = document.querySelector("[data-interactive=true]") && document.documentElement.scrollHeight - innerHeight >= left.top;
    if (isThere || performance.now() > until) {
      clearInterval(wait);
      document.getElementById(left.field)?.focus({ preventScroll: true });
      scrollTo(0, left.top);
    }
  }, 100);
}
takePlace();
