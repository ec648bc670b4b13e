// The types of `mistatus/legacy`: importing it installs `ActiveXObject` and what belongs to it; nothing is exported.

export {};
