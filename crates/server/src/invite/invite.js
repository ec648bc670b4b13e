// The page of an invitation: takes the token from the fragment of the link, keeps it for this tab, and signs in with it.
// Uses nothing but what every page may use, and writes the token nowhere else.

const KEPT = "mistatus.invitation";

/** What is said of reasons for which elements are not signed in, and try again by themselves. */
const TROUBLES = {
  MSGR_E_CONNECT: "The server cannot be reached. This page tries again by itself.",
  MSGR_E_TOO_MANY_SESSIONS: "You are signed in at too many places. Close one of them; this page tries again by itself.",
};

const notice = document.querySelector("#notice");
const content = document.querySelector("#content");
const leave = document.querySelector("#leave");

// Another link that is opened in this tab changes the fragment alone.
addEventListener("hashchange", () => location.reload());

const token = takeToken();
if (!window.mistatus) {
  stop("This server was built without what this page shows. Whoever runs it finds how to build it at its front page.");
} else if (!token) {
  stop("This page needs an invitation: open the whole link that you were sent.");
} else if (hasEnded(token)) {
  ended();
} else {
  signIn(token);
}

/** Takes the token out of the address, so that it is in no bookmark, and keeps it, so that the page may be reloaded. */
function takeToken() {
  const given = location.hash.slice(1);
  if (given) {
    keep(given);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return given || kept();
}

// Without storage, as some browsers are set, the page works until it is reloaded.
function keep(token) {
  try {
    sessionStorage.setItem(KEPT, token);
  } catch {}
}

function kept() {
  try {
    return sessionStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

function forget() {
  try {
    sessionStorage.removeItem(KEPT);
  } catch {}
}

/** Returns when a token ends, or null for what says nothing of it: whether that is good, the server says. */
function endOf(token) {
  try {
    const digits = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    const end = new Date(JSON.parse(atob(digits)).exp * 1000);
    return Number.isNaN(end.getTime()) ? null : end;
  } catch {
    return null;
  }
}

function hasEnded(token) {
  const end = endOf(token);
  return end !== null && end.getTime() <= Date.now();
}

async function signIn(token) {
  const messenger = document.createElement("mi-messenger");
  const stream = new URL("stream", location.href);
  stream.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  messenger.server = stream.href;
  messenger.token = () => {
    if (!hasEnded(token)) {
      return token;
    }
    // Not from within the call: it ends the messenger that asks.
    setTimeout(ended);
    return null;
  };
  messenger.toggleAttribute("open-on-message", true);
  messenger.append(document.querySelector("#signed-in").content.cloneNode(true));
  const mine = messenger.querySelector("mi-my-status");
  let reason = "";
  const show = () => {
    const error = mine.getAttribute("error");
    if (error === "MSGR_E_INVALID_PASSWORD") {
      refused(reason);
    } else if (error) {
      say(TROUBLES[error] ?? `This page could not sign in (${error}).`);
    } else if (messenger.messenger?.MySigninName) {
      welcome(messenger.messenger);
    }
  };
  new MutationObserver(show).observe(mine, { attributeFilter: ["error"] });
  leave.addEventListener("click", () => {
    messenger.messenger?.Signout();
    stop("You are signed out. Open the link of your invitation to come back.");
  });
  content.replaceChildren(messenger);
  try {
    welcome(await messenger.ready);
  } catch (error) {
    reason = error.message;
    if (error.code === "MSGR_E_INVALID_PASSWORD") {
      refused(reason);
    }
  }
}

function welcome({ MyFriendlyName, MySigninName }) {
  const name = MyFriendlyName === MySigninName ? MySigninName : `${MyFriendlyName} (${MySigninName})`;
  const end = endOf(token);
  say(`You are signed in as ${name}.${end ? ` Your invitation holds until ${moment(end)}.` : ""}`);
  content.hidden = false;
  leave.hidden = false;
}

// The elements stay: where the server may think better of it, as while its keys are changed, they try again.
function refused(reason) {
  const because = reason ? ` It says: ${reason}.` : "";
  say(`The server does not accept this invitation, or no longer.${because} Ask whoever sent it for another one.`);
  content.hidden = true;
  leave.hidden = true;
}

function ended() {
  stop(`This invitation ended on ${moment(endOf(token))}. Ask whoever sent it for another one.`);
}

/** Shows nothing but why; what has ended, or is no longer wanted, is kept no longer. */
function stop(why) {
  forget();
  leave.hidden = true;
  content.replaceChildren();
  say(why);
}

function say(text) {
  if (notice.textContent !== text) {
    notice.textContent = text;
  }
}

function moment(date) {
  return date.toLocaleString(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });
}
