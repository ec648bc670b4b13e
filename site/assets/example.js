// Makes the example of a page live: says who the messengers connect to, loads the widget from a server, and lets the knobs set
// attributes and custom properties. Where no server answers it says so, and the knobs still write the markup.

const root = document.body.dataset.root ?? "./";
const section = /** @type {HTMLElement} */ (document.querySelector(".example"));
const news = /** @type {HTMLElement} */ (section.querySelector(".news"));
const subject = /** @type {HTMLElement} */ (section.querySelector("[data-subject]"));
const markup = /** @type {HTMLElement} */ (section.querySelector(".markup code"));
const content = subject.innerHTML;

/** What the element had from the start, and what knobs have given it. */
const written = new Map(
  [...subject.attributes].filter(({ name }) => name !== "data-subject").map(({ name, value }) => [name, value]),
);
const styles = /** @type {Map<string, string>} */ (new Map());

/** @param {string} text */
const quoted = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");

function show() {
  const properties = [...styles].map(([name, value]) => `${name}: ${value}`).join("; ");
  const all = properties ? [...written, ["style", properties]] : [...written];
  const attributes = all.map(([name, value]) => (value ? ` ${name}="${quoted(value)}"` : ` ${name}`));
  markup.textContent = `<${subject.localName}${attributes.join("")}>${content}</${subject.localName}>`;
}

/**
 * Sets an attribute or a custom property as its knob stands; an empty field is the same as none.
 *
 * @param {HTMLInputElement | HTMLSelectElement} knob
 */
function turn(knob) {
  const { name } = knob;
  const isSwitch = knob.type === "checkbox";
  const isOn = isSwitch ? /** @type {HTMLInputElement} */ (knob).checked : knob.value !== "";
  const value = isSwitch ? "" : knob.value;
  if (name.startsWith("--")) {
    subject.style.setProperty(name, value);
    styles.delete(name);
    if (isOn) {
      styles.set(name, value);
    }
  } else if (isOn) {
    subject.setAttribute(name, value);
    written.set(name, value);
  } else {
    subject.removeAttribute(name);
    written.delete(name);
  }
  show();
}

for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (section.querySelectorAll("form.knobs"))) {
  form.addEventListener("submit", (event) => event.preventDefault());
  // Names and addresses are whole only when the field is left.
  form.addEventListener("change", ({ target }) => turn(/** @type {HTMLInputElement} */ (target)));
}

// What the element does to itself, such as a panel that is closed, the switches show, too.
new MutationObserver(() => {
  for (const knob of /** @type {NodeListOf<HTMLInputElement>} */ (section.querySelectorAll("[type=checkbox]"))) {
    if (knob.checked !== subject.hasAttribute(knob.name)) {
      knob.checked = !knob.checked;
      turn(knob);
    }
  }
}).observe(subject, { attributes: true });

/**
 * @param {HTMLElement} log
 * @param {Event} event
 */
function note(log, event) {
  const line = document.createElement("li");
  line.textContent = `${event.type} ${JSON.stringify(/** @type {CustomEvent} */ (event).detail)}`;
  log.querySelector("ol")?.append(line);
  // In its own box: whoever reads elsewhere stays there.
  log.scrollTop = log.scrollHeight;
}

const log = /** @type {HTMLElement | null} */ (section.querySelector(".events"));
for (const name of log?.dataset.events?.split(" ") ?? []) {
  subject.addEventListener(name, (event) => log && note(log, event));
}

async function start() {
  const { script, stream } = await (await fetch(`${root}server.json`)).json();
  if (!script) {
    news.textContent =
      "These pages lie where no presence server is, so nothing here is live: you see what stands inside the elements. " +
      "In a checkout the command “cargo xtask docs --serve” shows them with one.";
    return;
  }
  for (const messenger of section.querySelectorAll("mi-messenger")) {
    messenger.setAttribute("server", new URL(stream, location.href).href);
  }
  await import(new URL(script, new URL(root, location.href)).href);
  const messenger = /** @type {{ ready: Promise<unknown> } & Element} */ (section.querySelector("mi-messenger"));
  await messenger.ready;
  news.textContent = "This is live: the elements are connected to a server with people of a demo.";
}

start().catch((error) => {
  news.textContent = `The server does not answer (${error.message}); you see what stands inside the elements.`;
});
