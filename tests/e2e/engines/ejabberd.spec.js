// See suite.js and foreign.js.

import { foreign } from "./foreign.js";
import { test } from "./people.js";
import { suite } from "./suite.js";

test.use({ kind: "ejabberd" });
suite();
foreign();
