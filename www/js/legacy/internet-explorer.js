// What pages that ask which browser this is are told where the tag says so: Internet Explorer 9, the last whose number old
// patterns read, and which had the DOM of today beside its own. Only what pages test is there.

import { ConditionalScripts } from "./conditional-scripts.js";
import { addOldMembers } from "./old-members.js";

const VERSION = "5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)";
const DOCUMENT_MODE = 9;

/** The type of the plug-in by which SharePoint's pages had presence in other browsers. */
const PRESENCE_TYPE = "application/x-sharepoint-uc";

/** Makes this page's browser say that it is Internet Explorer, and lets its document behave like that one's. */
export function becomeInternetExplorer() {
  const { language } = navigator;
  define(navigator, {
    appCodeName: "Mozilla",
    appMinorVersion: "0",
    appName: "Microsoft Internet Explorer",
    appVersion: VERSION,
    browserLanguage: language,
    cpuClass: "x86",
    platform: "Win32",
    systemLanguage: language,
    userAgent: `Mozilla/${VERSION}`,
    userAgentData: undefined,
    userLanguage: language,
    vendor: "",
  });
  define(navigator.mimeTypes, { [PRESENCE_TYPE]: presenceType() });
  define(document, { documentMode: DOCUMENT_MODE });
  addOldMembers();
  new ConditionalScripts().start();
}

function presenceType() {
  const type = { type: PRESENCE_TYPE, suffixes: "", description: "" };
  return Object.assign(type, {
    enabledPlugin: { name: "SharePoint", description: "", filename: "", length: 1, 0: type },
  });
}

/**
 * Gives an object members of its own, before those of its kind.
 * @param {object} object
 * @param {Record<string, unknown>} members
 */
function define(object, members) {
  for (const [name, value] of Object.entries(members)) {
    Object.defineProperty(object, name, { configurable: true, value });
  }
}
