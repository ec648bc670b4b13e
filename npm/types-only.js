// What the entries for frameworks, which have nothing but types, are for who imports them when running.

export {};
