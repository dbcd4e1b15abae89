/* Which exercises a reader has done: ticked on their cards, counted on the page of exercises, kept in
   this browser's own storage. Nothing is sent; without this script nothing of it shows. */
(() => {
  const KEY = "course-exercises-done";
  const read = () => {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}");
      return kept && typeof kept === "object" && !Array.isArray(kept) ? kept : {};
    } catch {
      return {};
    }
  };
  const write = (done) => {
    try {
      localStorage.setItem(KEY, JSON.stringify(done));
    } catch {
      /* A browser that keeps nothing: the mark lasts as long as the page. */
    }
    show(done);
  };

  const boxes = [];
  const card = (place) => {
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.autocomplete = "off";
    box.addEventListener("change", () => {
      const done = read();
      if (box.checked) done[place.dataset.exercise] = new Date().toISOString().slice(0, 10);
      else delete done[place.dataset.exercise];
      write(done);
    });
    const title = document.createElement("span");
    title.className = "visually-hidden";
    title.textContent = ` (${place.dataset.title})`;
    label.append(box, ` ${place.dataset.label}`, title);
    place.append(label);
    place.hidden = false;
    boxes.push([place.dataset.exercise, box]);
  };

  const count = (table, done) => {
    table.querySelectorAll("tr[data-exercises]").forEach((row) => {
      const names = row.dataset.exercises.split(" ");
      const ready = names.filter((name) => done[name]).length;
      const text = table.dataset.of.replace("{done}", ready).replace("{all}", names.length);
      const bar = row.querySelector("progress");
      bar.max = names.length;
      bar.value = ready;
      bar.setAttribute("aria-label", row.cells[0].textContent);
      row.cells[2].textContent = text;
    });
  };

  // The list of exercises names each by its id; a tick stands before those that are done.
  const list = (done) => {
    document.querySelectorAll("article td code").forEach((code) => {
      const name = code.textContent.trim();
      if (!/^[a-z0-9-]+\/[a-z0-9-]+$/.test(name)) return;
      code.closest("tr").classList.toggle("lab-is-done", Boolean(done[name]));
    });
  };

  const show = (done) => {
    boxes.forEach(([name, box]) => (box.checked = Boolean(done[name])));
    document.querySelectorAll(".lab-progress").forEach((table) => count(table, done));
    if (document.querySelector(".lab-progress")) list(done);
  };

  const buttons = (table) => {
    const status = table.querySelector("[role=status]");
    table.querySelector("[data-do=save]").addEventListener("click", () => {
      const file = new Blob([JSON.stringify({ course: KEY, done: read() }, null, 1)], { type: "application/json" });
      const link = document.createElement("a");
      link.href = URL.createObjectURL(file);
      link.download = "exercises-done.json";
      link.click();
      URL.revokeObjectURL(link.href);
    });
    table.querySelector("[data-do=clear]").addEventListener("click", () => {
      if (confirm(table.dataset.sure)) write({});
    });
    const input = table.querySelector("input[type=file]");
    input.addEventListener("change", async () => {
      try {
        const loaded = JSON.parse(await input.files[0].text());
        if (loaded.course !== KEY) throw new Error("another file");
        const days = Object.entries(loaded.done).filter(([, day]) => typeof day === "string");
        write({ ...read(), ...Object.fromEntries(days) });
        status.textContent = table.dataset.loaded.replace("{done}", days.length);
      } catch {
        status.textContent = table.dataset.unread;
      }
      input.value = "";
    });
    table.hidden = false;
  };

  const start = () => {
    document.querySelectorAll(".lab-done").forEach(card);
    document.querySelectorAll(".lab-progress").forEach(buttons);
    show(read());
    // Another tab of the same book.
    window.addEventListener("storage", (event) => event.key === KEY && show(read()));
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
