// Finds things of the page as a person does: by what stands on them or beside them.
// Run with (what, label, option) as arguments; gives the element or null.
const [what, label, option] = arguments;
const text = element => element.innerText.replace(/\s+/g, " ").trim();
const shown = element => element.checkVisibility({ visibilityProperty: true }) && !element.closest("[aria-hidden=true]");
const named = (element, name) => text(element) === name || element.getAttribute("aria-label") === name;
const first = (selector, test) => [...document.querySelectorAll(selector)].find(element => test(element)) ?? null;

const field = name => {
  const found = first("label", element => element.control && text(element) === name);
  return found?.control ?? first("input, select, textarea", element => element.getAttribute("aria-label") === name);
};
const titles = element =>
  [document.getElementById(element.getAttribute("aria-labelledby")), ...element.querySelectorAll("legend")];
const group = name => first("fieldset, [role=radiogroup], [role=group]", element =>
  element.getAttribute("aria-label") === name || titles(element).some(title => title && text(title) === name));

switch (what) {
  case "button":
    return first("button, [role=button], [role=tab], summary, input[type=submit]", element =>
      shown(element) && (named(element, label) || element.value === label));
  case "link":
    return first("a[href]", element => shown(element) && named(element, label));
  case "field":
    return field(label);
  case "label":
    return field(label)?.labels[0] ?? null;
  case "option": {
    const inside = group(label);
    if (inside) return [...inside.querySelectorAll("label")].find(element => text(element) === option) ?? null;
    return [...(field(label)?.options ?? [])].find(element => element.label === option) ?? null;
  }
  case "checked": {
    const inside = group(label)?.querySelector("input:checked");
    return inside ? text(inside.labels[0]) : null;
  }
}
