/* Predict, then look. The reader says what is expected; then the figure opens, and a slider or
   buttons choose which of the computed settings is seen. Nothing leaves the page, and nothing is
   kept. Without this script the default setting and the table of all settings stand there. */
(() => {
  const chinese = document.documentElement.lang.startsWith("zh");
  const words = chinese
    ? { number: "您的数", look: "看结果", all: "所有设置的表格", guess: "您的预测", said: "您的预测：", right: "正确。", wrong: "不是这样。", choose: "请先选择一项。", write: "请先写一个数。", stop: "；", colon: "：" }
    : { said: "You said ", right: "Right.", wrong: "Not here.", choose: "Choose one first.", write: "Write a number first.", stop: "; ", colon: ": " };

  /* What the reader committed to: {text, verdict, number}, or nothing yet. */
  const guessed = (form) => {
    const number = form.querySelector("input[type=number]");
    if (number) {
      if (number.value.trim() === "" || !Number.isFinite(number.valueAsNumber)) return null;
      const unit = number.parentElement.lastElementChild.textContent;
      return { text: `${number.value} ${unit}`.trim(), verdict: "", number: number.valueAsNumber };
    }
    const chosen = form.querySelector("input:checked");
    if (!chosen) return null;
    const right = form.dataset.right;
    const verdict = right === undefined ? "" : right === chosen.value ? words.right : words.wrong;
    return { text: chosen.parentElement.textContent.trim(), verdict };
  };

  /* The reader's number as a line at its height, if the figure has a place for it. */
  const draw = (line, number) => {
    if (!line || number === undefined) return;
    const [low, bottom, high, top] = line.dataset.scale.split(" ").map(Number);
    if (number < Math.min(low, high) || number > Math.max(low, high)) return;
    const height = bottom + ((number - low) / (high - low)) * (top - bottom);
    line.setAttribute("transform", `translate(0 ${height.toFixed(1)})`);
    line.removeAttribute("display");
  };

  const prepare = (figure) => {
    const one = (name) => figure.querySelector(`.lab-explore-${name}`);
    const [form, stage, control, now] = ["predict", "stage", "control", "now"].map(one);
    const groups = [...figure.querySelectorAll(".lab-explore-setting")];
    const rows = [...figure.querySelectorAll(".lab-explore-all tbody tr")];
    const names = [...figure.querySelectorAll(".lab-explore-all thead th")].map((cell) => cell.textContent);
    const inputs = [...control.querySelectorAll("input")];

    const show = (place) => {
      groups.forEach((group, at) =>
        at === place ? group.removeAttribute("display") : group.setAttribute("display", "none"),
      );
      const [label, ...values] = [...rows[place].children].map((cell) => cell.textContent);
      now.querySelector("b").textContent = `${names[0]} ${label}`;
      now.querySelector("span").textContent = values.map((value, at) => `${names[at + 1]} ${value}`).join(words.stop);
      if (inputs[0].type === "range") inputs[0].setAttribute("aria-valuetext", label);
    };

    const look = () => {
      const guess = guessed(form);
      if (!guess) {
        one("missing").textContent = form.querySelector("input[type=number]") ? words.write : words.choose;
        return;
      }
      const answer = one("answer");
      form.hidden = true;
      one("question").hidden = false;
      stage.hidden = false;
      answer.textContent = `${words.said}“${guess.text}”. ${guess.verdict} ${answer.textContent}`.replace("  ", " ");
      draw(one("guess"), guess.number);
      (inputs.find((input) => input.checked) ?? inputs[0]).focus();
    };

    if (chinese)
      figure.querySelectorAll("[data-word]").forEach((part) => (part.textContent = words[part.dataset.word]));
    // What the browser kept from an earlier visit is no prediction, and no setting, of this one.
    form.querySelectorAll("input").forEach((input) => {
      if (input.type === "radio") input.checked = false;
      else input.value = "";
    });
    inputs.forEach((input) => {
      if (input.type === "radio") input.checked = input.defaultChecked;
      else input.value = input.defaultValue;
      input.addEventListener("input", () => show(Number(input.value)));
    });
    form.querySelector("button").addEventListener("click", look);
    form.querySelector("input[type=number]")?.addEventListener("keydown", (event) => {
      if (event.key === "Enter") look();
    });
    one("question").hidden = true;
    stage.hidden = true;
    form.hidden = false;
    control.hidden = false;
  };

  const start = () => document.querySelectorAll("figure.lab-explore").forEach(prepare);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
