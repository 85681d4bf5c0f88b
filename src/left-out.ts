// Replaces zod's locales in the bundle (wrangler.toml): http/plain-words.ts has the error messages.
export {};
