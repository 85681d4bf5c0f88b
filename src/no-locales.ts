// Stands in for zod's languages (wrangler.toml): errors are told in our own words, and zod's English comes from elsewhere.
export {};
