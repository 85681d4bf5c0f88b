// What tests of the site read without a key: pages of the Worker, and files of the assets.
import { env, exports } from "cloudflare:workers";
import { ORIGIN, read } from "../support/api.ts";

export const get = (path: string, init?: RequestInit) =>
	exports.default.fetch(`${ORIGIN}${path}`, init).then(read);

/** A file of the assets, which the platform serves before the Worker is asked. */
export const asset = (path: string) => env.ASSETS.fetch(`${ORIGIN}${path}`).then(read);

/** Paths of all assets, as the platform serves them. */
export const assets = Object.keys(import.meta.glob("../../dist/assets/**/*")).map((file) =>
	file.replace("../../dist/assets", "").replace(/\.html$/, ""),
);
