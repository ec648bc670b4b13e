// Starts the application for whoever the address names: /?as=bob@example.com.

import { createApp } from "vue";

import Staff from "./Staff.vue";

const me = new URLSearchParams(location.search).get("as") ?? "alice@example.com";

createApp(Staff, { me }).mount("#app");
