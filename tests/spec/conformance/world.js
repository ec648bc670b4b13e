// Whom the cases of the conformance test work with: somebody signed in, their page's and trusted scripts, somebody else,
// somebody signed out, and a messenger that is closed.

const SERVICE = (root) => root.MyServiceId;

/** Of the names that everybody has; whoever runs the cases elsewhere says so before they are loaded. */
const { domain = "example.com", prefix = "" } = globalThis.CONFORMANCE ?? {};

export const ME = `${prefix}ada@${domain}`;
export const FRIEND = `${prefix}bob@${domain}`;
export const GUEST = `${prefix}eve@${domain}`;

export class World {
  #count = 0;

  /** Makes a world: `options` are those of every connection, `register` makes an account where engines want one. */
  static async make({ options, register }) {
    const world = new World();
    const { connect, HRESULT } = window.mistatus;
    world.codes = HRESULT;
    world.connect = async (signinName, more) => {
      const secret = await register?.(signinName);
      const messenger = await connect({
        shareConnection: false,
        ...options,
        signinName,
        ...(secret && { token: secret }),
        ...more,
      });
      // Whoever is asked says yes, where people are asked at all.
      const accept = () =>
        messenger.contactRequests.forEach(({ signinName }) => messenger.answerContactRequest(signinName, true));
      messenger.addEventListener("contact-requests", accept);
      accept();
      return messenger;
    };
    world.owner = await world.connect(ME, { friendlyName: "Ada", confirm: () => world.consents });
    world.consents = true;
    world.friend = await world.connect(FRIEND, { friendlyName: "Bob" });
    world.out = await world.connect(GUEST);
    world.closed = await world.gone();
    world.trusted = world.owner.scriptable("trusted");
    world.page = world.owner.scriptable("page");
    const seen = world.until(() => world.bob?.Status === 2);
    await world.event(world.owner, "ContactListAdd", () => world.owner.AddContact(0, FRIEND));
    await seen;
    world.outObjects = objects(world.out);
    await world.event(world.out, "Signout", () => world.out.Signout());
    await world.queried(world.owner);
    return world;
  }

  /** The owner's own object. */
  get m() {
    return this.owner;
  }

  /** The friend as a contact. */
  get bob() {
    return this.owner.GetContact(FRIEND, SERVICE(this.owner));
  }

  /** A conversation that is open. */
  get conversation() {
    return this.owner.InstantMessage(FRIEND);
  }

  /** A conversation that has been closed. */
  get dead() {
    const window = this.owner.InstantMessage(this.name());
    window.Close();
    return window;
  }

  /** Returns a sign-in name, and a name for a group, that nobody had before. */
  name() {
    this.#count += 1;
    return `${prefix}person${this.#count}@${domain}`;
  }

  /** Makes a group and returns its object, confirmed. */
  async group() {
    const name = `Group ${this.name()}`;
    const [hr, group] = await this.event(this.owner, "GroupAdded", () =>
      this.owner.CreateGroup(name, SERVICE(this.owner)),
    );
    if (hr !== 0) {
      throw new Error(`the group was refused: ${hr}`);
    }
    return group;
  }

  /** Makes a messenger, takes its objects, and closes it. */
  async gone() {
    const messenger = await this.connect(this.name());
    const kept = { m: messenger, ...objects(messenger) };
    messenger.close();
    return kept;
  }

  /** Does something and returns the arguments of the next event of a kind, or of the next one about what was done. */
  async event(root, name, act) {
    let about;
    const told = new Promise((resolve) => {
      const listener = (event) => {
        if (about === undefined || event.args.includes(about)) {
          root.removeEventListener(name, listener);
          resolve(event.args);
        }
      };
      root.addEventListener(name, listener);
    });
    about = act?.();
    return told;
  }

  /** Does something and returns the arguments of the next events of a kind, so many of them. */
  async events(root, name, count, act) {
    const told = [];
    const all = new Promise((resolve) => {
      const listener = ({ args }) => {
        told.push(args);
        if (told.length === count) {
          root.removeEventListener(name, listener);
          resolve(told);
        }
      };
      root.addEventListener(name, listener);
    });
    act();
    return all;
  }

  /** Waits until the owner's contacts are such that something holds. */
  async until(holds) {
    while (!holds()) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Does something while the page answers a wish, and returns the details of what was wished. */
  answering(root, name, act) {
    const wishes = [];
    const listener = (event) => {
      wishes.push(event.detail);
      event.preventDefault();
    };
    root.addEventListener(name, listener);
    try {
      act();
    } finally {
      root.removeEventListener(name, listener);
    }
    return wishes;
  }

  /** Waits until the server has answered everything, and all of it has been told. */
  async queried(root = this.owner) {
    await root.queryMyStatus();
    await root.queryMyStatus();
  }

  /** Returns the name of the code that a call answers; S_FALSE too, which throws nothing. */
  answer(root, act) {
    try {
      act();
    } catch (error) {
      return error.code ?? String(error);
    }
    return root.lastHResult === this.codes.S_FALSE ? "S_FALSE" : "S_OK";
  }

  /** As {@link World.answer}, for an attempt of a case: a function, or one with the name of its root object. */
  async provoked(attempt) {
    const { root, act } = typeof attempt === "function" ? { root: "owner", act: attempt } : attempt;
    let result;
    try {
      result = await act(this);
    } catch (error) {
      return error.code ?? String(error);
    }
    // What an event says goes as well.
    const told = result < 0 && Object.keys(this.codes).find((name) => this.codes[name] === result);
    if (told) {
      return told;
    }
    return this[root].lastHResult === this.codes.S_FALSE ? "S_FALSE" : "S_OK";
  }

  /** Returns the closed messenger, at the level of a root object of the owner's. */
  closedAt(root) {
    const level = ["trusted", "page"].find((name) => this[name] === root);
    return level ? this.closed.m.scriptable(level) : this.closed.m;
  }

  /** Does something as if the user had just acted, or had not, and returns the links that were followed. */
  clicked(active, act) {
    const followed = [];
    const { click } = HTMLAnchorElement.prototype;
    HTMLAnchorElement.prototype.click = function () {
      followed.push(this.href);
    };
    Object.defineProperty(navigator, "userActivation", { configurable: true, value: { isActive: active } });
    try {
      act();
    } finally {
      HTMLAnchorElement.prototype.click = click;
      delete navigator.userActivation;
    }
    return followed;
  }

  /** Does something while the page does not have the focus. */
  unfocused(act) {
    document.hasFocus = () => false;
    try {
      return act();
    } finally {
      delete document.hasFocus;
    }
  }

  end() {
    for (const messenger of [this.owner, this.friend, this.out]) {
      messenger.close();
    }
  }
}

/** Returns the object of an interface, as a root object gives it. */
export function objectOf(_world, root, type) {
  switch (type) {
    case "IMessengerContact":
    case "IMessengerContactAdvanced":
      return root.GetContact(FRIEND, root.MyServiceId);
    case "IMessengerContacts":
      return root.MyContacts;
    case "IMessengerService":
      return root.Services.PrimaryService;
    case "IMessengerServices":
      return root.Services;
    case "IMessengerGroup":
      return root.MyGroups.Item(root.MyGroups.Count - 1);
    case "IMessengerGroups":
      return root.MyGroups;
    case "IMessengerWindow":
    case "IMessengerConversationWnd":
    case "IMessengerConversationWndAdvanced":
      return root.InstantMessage(FRIEND);
    case "IMessengerPrivate":
      return root.messengerPrivate;
    default:
      return root;
  }
}

function objects(messenger) {
  return {
    contact: messenger.GetContact(FRIEND, messenger.MyServiceId),
    contacts: messenger.MyContacts,
    service: messenger.Services.PrimaryService,
    services: messenger.Services,
    groups: messenger.MyGroups,
    group: messenger.MyGroups.Item(messenger.MyGroups.Count - 1),
    window: messenger.InstantMessage(FRIEND),
    main: messenger.Window,
    priv: messenger.messengerPrivate,
  };
}
