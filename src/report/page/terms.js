"use strict";
// What a term means, where it stands: shown while the mouse is on it or the keyboard at it, and on a
// touch. Readers of the screen hear it as the term's description; Escape puts it away.
(() => {
  const tip = document.getElementById("tip");
  let shown = null, leaving = 0;
  const meaning = (term) => document.getElementById(term.getAttribute("aria-describedby"));

  function hide() {
    tip.hidden = true;
    shown = null;
  }
  function show(term) {
    clearTimeout(leaving);
    if (shown === term) return;
    shown = term;
    tip.textContent = meaning(term).textContent;
    tip.hidden = false;
    const at = term.getBoundingClientRect();
    const room = { wide: document.documentElement.clientWidth, high: innerHeight };
    const left = Math.min(at.left, room.wide - tip.offsetWidth - 8);
    const below = at.bottom + 6 + tip.offsetHeight <= room.high;
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = `${below ? at.bottom + 6 : Math.max(8, at.top - tip.offsetHeight - 6)}px`;
  }
  const of = (event) => (event.target instanceof Element
    ? event.target.closest("[data-term]") : null);
  addEventListener("pointerover", (event) => {
    const term = of(event);
    if (term) show(term);
    else if (tip.contains(event.target)) clearTimeout(leaving);
    else if (shown && shown !== document.activeElement) leaving = setTimeout(hide, 150);
  });
  addEventListener("focusin", (event) => {
    const term = of(event);
    if (term) show(term);
    else hide();
  });
  addEventListener("focusout", hide);
  addEventListener("click", (event) => {
    const term = of(event);
    if (term) show(term);
    else if (!tip.contains(event.target)) hide();
  });
  addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  addEventListener("scroll", hide, { capture: true, passive: true });
})();
