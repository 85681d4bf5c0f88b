// Leadwire's app in Zapier.
import { createRequire } from "node:module";
import zapier, { defineApp } from "zapier-platform-core";
import { withKey, withoutThrowing } from "./api.ts";
import { authentication } from "./authentication.ts";
import { creates } from "./creates.ts";
import { dropdowns } from "./dropdowns.ts";
import { searches, searchOrCreates } from "./searches.ts";
import { triggers } from "./triggers.ts";

const { version } = createRequire(import.meta.url)("../package.json") as { version: string };

const byKey = <T extends { readonly key: string }>(list: readonly T[]): Record<string, T> =>
	Object.fromEntries(list.map((one) => [one.key, one]));

export default defineApp({
	version,
	platformVersion: zapier.version,
	authentication,
	beforeRequest: [withKey],
	afterResponse: [withoutThrowing],
	triggers: byKey([...triggers, ...dropdowns]),
	creates: byKey(creates),
	searches: byKey(searches),
	searchOrCreates,
});
