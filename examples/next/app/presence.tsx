// Draws the application in the browser alone. React takes over what a server drew without setting properties of custom
// elements or listening to their events, and complains about attributes that living elements have and the server did not draw.

"use client";

import dynamic from "next/dynamic";

export const Presence = dynamic(() => import("./staff").then(({ Staff }) => Staff), {
  ssr: false,
  loading: () => <p>…</p>,
});
