// What this API calls itself, in the document and to agents.
export const TITLE = "Leadwire";
export const VERSION = "1.0.0";
