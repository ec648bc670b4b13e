// Starts the application for whoever the address names: /?as=bob@example.com.

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { Staff } from "./staff";

const me = new URLSearchParams(location.search).get("as") ?? "alice@example.com";

createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <Staff me={me} />
  </StrictMode>,
);
