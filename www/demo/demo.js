// The demo page: builds the panes, counts who is there, writes the log. Uses nothing but what every page may use.

const { HRESULT, MISTATUS } = window.mistatus;
const LOG_MAX = 300;

// The two whom the server's demo knows by full name and with a contact list.
const ALICE = "alice@demo.example";
const BOB = "bob@demo.example";

const query = new URLSearchParams(location.search);
// Where the page is shown on another engine, a file says who is where.
const engine = await elsewhere(document.documentElement.dataset.people);
const people = peopleOf(query);
const names = Object.keys(MISTATUS);

document.documentElement.dir = query.get("dir") === "rtl" ? "rtl" : "ltr";
document.documentElement.lang = query.get("lang") || "en";

const main = document.querySelector("main");
const log = clone("log-template");
const crowd = clone("crowd-template");

// The first person's messenger goes around everything, so that the contact list is theirs;
// the second one's goes around their pane: the nearest messenger serves an element.
const [outer, inner] = people.panes.map((person, index) => pane(person, index));
outer.append(...(inner ? [inner, crowd, log] : [log, crowd]));
main.replaceChildren(outer);
document.querySelector("#alone").hidden = people.alone;
theme(document.querySelector("#theme"));

/** Who is on the page: Alice and Bob, or with `?as=…&with=…` one person alone. */
function peopleOf(search) {
  const as = search.get("as");
  if (as) {
    return { alone: true, panes: [person(as, search.get("with") || BOB)] };
  }
  const [one, other] = engine ? engine.people.map(({ name }) => name) : [ALICE, BOB];
  return { alone: Boolean(engine), panes: [person(one, other), person(other, one)] };
}

async function elsewhere(url) {
  return url && (await fetch(url)).json();
}

function person(name, other) {
  return { name, other, called: called(name), otherCalled: called(other) };
}

// "carla@example.com" is called Carla.
function called(name) {
  const word = name.split("@")[0];
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function pane({ name, other, called: title, otherCalled }, index) {
  const messenger = document.createElement("mi-messenger");
  const there = engine?.people.find((person) => person.name === name);
  if (there) {
    messenger.setAttribute("transport", engine.transport);
    messenger.setAttribute("credentials", engine.credentials);
    messenger.setAttribute("token-url", there.tokenUrl);
  }
  messenger.setAttribute(
    "server",
    there?.server ??
      new URL(query.get("server") || document.documentElement.dataset.server || "/stream", location.href).href,
  );
  messenger.setAttribute("signin-name", name);
  messenger.toggleAttribute("open-on-message", true);
  if (![ALICE, BOB].includes(name)) {
    messenger.setAttribute("friendly-name", title);
  }

  const section = clone("pane-template");
  section.classList.toggle("second", index === 1);
  section.setAttribute("aria-labelledby", `pane-${index}`);
  section.querySelector(".avatar").textContent = title.charAt(0);
  section.querySelector("h2").id = `pane-${index}`;
  section.querySelector("h2").textContent = title;
  section.querySelector(".mail").textContent = name;
  section.querySelector(".theirs h3").textContent = `What ${title} sees of ${otherCalled}`;
  section.querySelector("mi-status").setAttribute("contact", other);
  messenger.append(section);

  follow(messenger, section, { title, other, index });
  return messenger;
}

async function follow(element, section, { title, other, index }) {
  const link = section.querySelector(".link");
  const say = (status) => connection(link, status);
  section.addEventListener("mi-my-status-change", ({ detail }) => say(detail.status));
  say(MISTATUS.LOCAL_CONNECTING_TO_SERVER);

  let messenger;
  try {
    messenger = await element.opened;
  } catch (error) {
    link.textContent = error.message;
    link.dataset.state = "away";
    return;
  }

  messenger.OnSignin = (hr) => write(title, index, `OnSignin(${hr})`, hr < 0 ? resultOf(hr) : "accepted");
  messenger.OnMyStatusChange = (hr, status) => {
    say(messenger.MyStatus);
    write(
      title,
      index,
      `OnMyStatusChange(${hr}, ${status})`,
      hr < 0 ? `${resultOf(hr)}, ${nameOf(status)}` : nameOf(status),
    );
  };
  // The event carries the status before the change; whoever wants the present one reads it from the contact.
  messenger.OnContactStatusChange = (contact, previous) => {
    const now = (messenger.GetContact(contact.SigninName, messenger.MyServiceId) ?? contact).Status;
    const inPanes = people.panes.some(({ name, other: partner }) => [name, partner].includes(contact.SigninName));
    if (inPanes || document.querySelector("#everybody").checked) {
      const call = `OnContactStatusChange(${contact.SigninName}, ${previous})`;
      write(title, index, call, `was ${nameOf(previous)}; Status is now ${now}, ${nameOf(now)}`);
    }
    if (index === 0) {
      count(messenger);
    }
  };
  messenger.OnSignout = () => write(title, index, "OnSignout()", "signed out");

  if (index === 0) {
    messenger.addEventListener("ContactListAdd", () => count(messenger));
    messenger.addEventListener("ContactListRemove", () => count(messenger));
    messenger.addEventListener("MyStatusChange", () => count(messenger));
  }
  await element.ready;
  if (![...messenger.MyContacts].some((contact) => sameName(contact.SigninName, other))) {
    messenger.AddContact(0, other);
  }
}

function connection(link, status) {
  const text =
    status === MISTATUS.OFFLINE
      ? "Not connected, trying again"
      : status >= MISTATUS.LOCAL_FINDING_SERVER
        ? "Connecting…"
        : "Connected";
  link.dataset.state = text === "Connected" ? "there" : "away";
  if (link.textContent !== text) {
    link.textContent = text;
  }
}

let counting = false;

// Many may change at once; the line is written once.
function count(messenger) {
  if (counting) {
    return;
  }
  counting = true;
  requestAnimationFrame(() => {
    counting = false;
    const contacts = [...messenger.MyContacts];
    const online = contacts.filter((contact) => MISTATUS.isOnline(contact.Status)).length;
    crowd.querySelector(".count").textContent = contacts.length > 0 ? `${online} of ${contacts.length} there` : "";
  });
}

function write(by, index, call, means) {
  const line = document.createElement("li");
  line.classList.toggle("second", index === 1);
  const who = document.createElement("span");
  who.className = "by";
  who.textContent = by;
  const code = document.createElement("code");
  code.textContent = call;
  const meaning = document.createElement("span");
  meaning.className = "means";
  meaning.textContent = means;
  line.append(who, code, meaning);
  const lines = log.querySelector("ol");
  lines.prepend(line);
  while (lines.children.length > LOG_MAX) {
    lines.lastElementChild.remove();
  }
}

function nameOf(status) {
  return names.find((name) => MISTATUS[name] === status) ?? String(status);
}

function resultOf(hr) {
  return Object.keys(HRESULT).find((name) => HRESULT[name] === hr) ?? String(hr);
}

function sameName(a, b) {
  return a.toLowerCase() === b.toLowerCase();
}

function clone(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true);
}

// Follows the system until the visitor says otherwise.
function theme(button) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;
  const show = () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : system.matches;
    button.setAttribute("aria-pressed", String(dark));
  };
  button.addEventListener("click", () => {
    root.dataset.theme = button.getAttribute("aria-pressed") === "true" ? "light" : "dark";
    show();
  });
  system.addEventListener("change", show);
  show();
}
