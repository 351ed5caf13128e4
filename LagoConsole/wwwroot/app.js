// The browser alone knows its zone: a UTC time gets the local one as its title when the pointer or the focus arrives.
for (const event of ["mouseover", "focusin"]) {
  document.addEventListener(event, ({ target }) => {
    const time = target instanceof Element ? target.closest("time[datetime]") : null;
    if (time) {
      time.title = new Date(time.dateTime).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "long" });
    }
  });
}

// What a person pasted, as a stream: the value of a field would be one message to the server, however large. It begins with a byte
// order mark, because a stream of no bytes cannot be handed over.
window.lagoConsole = { textOf: (field) => new Blob(["\uFEFF", field.value]) };

const notice = document.getElementById("components-reconnect-modal");
notice?.addEventListener("components-reconnect-state-changed", ({ detail }) => {
  if (detail.state === "rejected") {
    location.reload(); // the server no longer knows this circuit
  }
});
document.getElementById("reconnect-now")?.addEventListener("click", async () => {
  if (!(await Blazor.reconnect())) {
    location.reload();
  }
});

// A button for paper: the page says which.
document.addEventListener("click", ({ target }) => {
  if (target instanceof Element && target.closest("[data-print]")) {
    print();
  }
});
