// Writes src/text/phone-metadata.ts: what libphonenumber-js knows of each country, without the formats, which are more than half of
// it. Run it after an update of the library: `node scripts/text/phone-metadata.ts`.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import metadata from "libphonenumber-js/min/metadata";
import { repositoryRoot } from "../tools/tools.ts";

/** Where a country's formats are in its list of facts. */
const FORMATS = 4;

const text = JSON.stringify(metadata, (key, value) =>
	Array.isArray(value) && /^[A-Z]{2}$|^\d{3}$/.test(key) && value.length > FORMATS
		? value.with(FORMATS, 0)
		: value,
);
writeFileSync(
	join(repositoryRoot, "src", "text", "phone-metadata.ts"),
	`// Made by scripts/text/phone-metadata.ts: what libphonenumber-js knows of each country, without the formats.
import type { MetadataJson } from "libphonenumber-js/core";

/** As text, which is parsed with the first phone number. */
const TEXT = String.raw\`${text}\`;

let parsed: MetadataJson | undefined;

/** What phone numbers are read by. */
export function phoneMetadata(): MetadataJson {
	parsed ??= JSON.parse(TEXT) as MetadataJson;
	return parsed;
}
`,
);
