/* Quizzes: choose, press Check, read why. Without this script the answers stand below as text. */
(() => {
  const feedback = (question, notes, place) => {
    const chosen = question.querySelector("input:checked");
    if (!chosen) {
      place.textContent = question.closest("section").dataset.choose;
      return;
    }
    const note = notes.children[Number(chosen.value)];
    place.replaceChildren(...[...note.childNodes].map((node) => node.cloneNode(true)));
    place.dataset.verdict = note.dataset.verdict;
  };
  const prepare = (question) => {
    const answers = question.querySelector("details.lab-quiz-answers");
    const notes = answers.querySelector("ol");
    const button = question.querySelector("button");
    const place = question.querySelector(".lab-quiz-feedback");
    const clear = () => {
      place.replaceChildren();
      delete place.dataset.verdict;
    };
    // What the browser kept from an earlier visit is not an answer of this one.
    question.querySelectorAll("input").forEach((input) => {
      input.checked = false;
      input.addEventListener("change", clear);
    });
    button.hidden = false;
    answers.hidden = true;
    button.addEventListener("click", () => {
      feedback(question, notes, place);
      if (place.dataset.verdict === "right") answers.hidden = false;
    });
  };
  const start = () => document.querySelectorAll("fieldset.lab-quiz-question").forEach(prepare);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
