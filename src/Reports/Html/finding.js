// Steps through a finding: one step at a time, by its line in the program, by buttons, by the arrow keys, or by the
// address. It begins at the step that fails. Without it the page shows all steps one below the other.
addEventListener("DOMContentLoaded", () => {
  "use strict";
  const steps = [...document.querySelectorAll(".stage .step")];
  const links = new Map([...document.querySelectorAll(".program a")].map(link => [link.hash.slice(1), link]));
  const buttons = [...document.querySelectorAll(".bar button")];
  const where = document.getElementById("where");
  if (steps.length === 0) {
    return;
  }
  let current = 0;

  const show = index => {
    current = Math.min(Math.max(index, 0), steps.length - 1);
    steps.forEach((step, at) => {
      step.hidden = at !== current;
    });
    for (const [id, link] of links) {
      if (id === steps[current].id) {
        link.setAttribute("aria-current", "step");
        link.scrollIntoView({ block: "nearest" });
      } else {
        link.removeAttribute("aria-current");
      }
    }
    buttons.forEach(button => {
      const next = current + Number(button.dataset.by);
      button.setAttribute("aria-disabled", String(next < 0 || next >= steps.length));
    });
    where.textContent = `Step ${current + 1} of ${steps.length}`;
  };

  const go = by => {
    const before = current;
    const top = scrollY;
    show(current + by);
    scrollTo({ top });
    if (current !== before) {
      history.replaceState(null, "", `#${steps[current].id}`);
      document.getElementById("said").textContent = steps[current].dataset.says;
      if (links.get(steps[before].id) === document.activeElement) {
        links.get(steps[current].id).focus({ preventScroll: true });
      }
    }
  };

  const byHash = () => steps.findIndex(step => `#${step.id}` === location.hash);

  // who scrolls or chooses with the arrow keys keeps them
  const keepsArrows = element =>
    element.matches("input, textarea, select") || element.scrollWidth > element.clientWidth + 1;

  addEventListener("keydown", event => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const held = event.altKey || event.ctrlKey || event.metaKey || event.shiftKey;
    if (by && !held && !keepsArrows(document.activeElement || document.body)) {
      go(by);
      event.preventDefault();
    }
  });
  for (const button of buttons) {
    button.addEventListener("click", () => go(Number(button.dataset.by)));
  }
  for (const [id, link] of links) {
    link.addEventListener("click", event => {
      const index = steps.findIndex(step => step.id === id);
      if (index >= 0) {
        go(index - current);
        event.preventDefault();
      }
    });
  }
  addEventListener("hashchange", () => {
    if (byHash() >= 0) {
      show(byHash());
    }
  });
  const failing = steps.findIndex(step => "failing" in step.dataset);
  show(byHash() >= 0 ? byHash() : failing >= 0 ? failing : 0);
});
