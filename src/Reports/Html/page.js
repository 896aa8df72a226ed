// What all pages share: light or dark as the reader says, and buttons that copy. Without it a page shows all there is.
// Not covered: stepping through a finding (finding.js).
(() => {
  "use strict";
  const root = document.documentElement;
  const key = "mmfuzz-theme";
  const remembered = () => {
    try {
      return localStorage.getItem(key) || "system";
    } catch {
      return "system"; // a page that may not remember is a page of today
    }
  };
  const use = theme => {
    if (theme === "light" || theme === "dark") {
      root.dataset.theme = theme;
    } else {
      delete root.dataset.theme;
    }
  };
  use(remembered());
  root.classList.add("js");

  const say = words => {
    document.getElementById("said").textContent = words;
  };

  const copy = async button => {
    const source = document.getElementById(button.dataset.copies);
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = "Copied";
      say("Copied.");
    } catch {
      getSelection().selectAllChildren(source);
      button.textContent = "Selected";
      say("The text is selected; copy it with the keyboard.");
    }
    setTimeout(() => {
      button.textContent = "Copy";
    }, 2000);
  };

  addEventListener("DOMContentLoaded", () => {
    for (const choice of document.querySelectorAll("input[name=theme]")) {
      choice.checked = choice.value === remembered();
      choice.addEventListener("change", () => {
        use(choice.value);
        try {
          localStorage.setItem(key, choice.value);
        } catch {
          // it holds for this page then
        }
      });
    }
    for (const button of document.querySelectorAll("button[data-copies]")) {
      button.addEventListener("click", () => copy(button));
    }
  });
})();
