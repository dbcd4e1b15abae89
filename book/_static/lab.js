/* What scrolls sideways can be reached and scrolled with the keyboard; what fits is no tab stop. */
(() => {
  const parts = "article pre, article .output, article div.math, article .lab-scroll, article div.graphviz";
  const mark = (part) => {
    if (part.scrollWidth > part.clientWidth + 1) part.tabIndex = 0;
    else part.removeAttribute("tabindex");
  };
  const start = () => {
    const watch = new ResizeObserver((changes) => changes.forEach((change) => mark(change.target)));
    document.querySelectorAll(parts).forEach((part) => watch.observe(part));
    // Formulas get their width when MathJax has set them, which changes no box around them.
    window.MathJax?.startup?.promise?.then(() => document.querySelectorAll(parts).forEach(mark));
  };
  if (document.readyState === "complete") start();
  else window.addEventListener("load", start);
})();
