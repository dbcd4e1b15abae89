/* Definitions of terms: Escape sends one away until the pointer or the focus returns, and none
   sticks out of the window. Showing them needs no script. */
(() => {
  const open = () => document.querySelectorAll(".lab-term:hover, .lab-term:focus-within");
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") open().forEach((term) => term.classList.add("lab-sent-away"));
  });
  const place = (term) => {
    const tip = term.querySelector(".lab-tip");
    tip.style.left = "0";
    const over = tip.getBoundingClientRect().right - document.documentElement.clientWidth + 8;
    if (over > 0) tip.style.left = `${-over}px`;
  };
  const term = (event) => event.target instanceof Element && event.target.closest(".lab-term");
  ["mouseover", "focusin"].forEach((name) =>
    document.addEventListener(name, (event) => term(event) && place(term(event))),
  );
  ["mouseout", "focusout"].forEach((name) =>
    document.addEventListener(name, (event) => {
      const left = term(event);
      if (left && !left.contains(event.relatedTarget)) left.classList.remove("lab-sent-away");
    }),
  );
})();
