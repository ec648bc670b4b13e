// Starts the application for whoever the address names: /?as=bob@example.com.

import { mount } from "svelte";

import Staff from "./Staff.svelte";

const me = new URLSearchParams(location.search).get("as") ?? "alice@example.com";

mount(Staff, { target: document.body, props: { me } });
