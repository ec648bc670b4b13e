// What the one service of this library is called. Fixed: pages compare the id as a text.

/** Identifies the service: 38 characters with the braces. */
export const SERVICE_ID = "{6D695354-4154-5553-8000-6D6973746174}";

/** Names the service for people. */
export const SERVICE_NAME = "mistatus";
