// See suite.js.

import { test } from "./people.js";
import { suite } from "./suite.js";

test.use({ kind: "embedded" });
suite();
