// The entry `mistatus/legacy`: importing it gives a page the objects of Internet Explorer's time. In Node it does nothing.

import "../../www/js/automation/connect.js";
import { defineElements } from "../../www/js/elements/define.js";
import { pageScope } from "../../www/js/elements/registry.js";
import { install } from "../../www/js/legacy/install.js";

if (typeof document !== "undefined") {
  // The person card shows statuses by them.
  defineElements();
  install(
    (callback) => pageScope.subscribe(callback),
    () => pageScope.key,
  );
}
