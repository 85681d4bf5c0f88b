// The texts that `npm run build` puts into the assets: those of documentation/files.ts, and two pages of scripts/assets.
import type { Bindings } from "../env.ts";

/** Where they are among the assets. */
export const PUBLISHED = {
	document: "/published/openapi.json",
	events: "/published/webhook-events.json",
	search: "/published/search.json",
	postman: "/published/postman.json",
	llms: "/published/llms.txt",
	llmsFull: "/published/llms-full.txt",
	landing: "/published/landing.txt",
	reference: "/published/reference.txt",
	fields: "/published/field-schemas.json",
} as const;

type Path = (typeof PUBLISHED)[keyof typeof PUBLISHED];

/** What stands in them for the address of the host that serves them. */
export const HOST = "https://this-host.invalid";

interface Published {
	readonly text: string;
	/** The ETag of the asset, which identifies its contents. */
	readonly tag: string;
}

const texts = new Map<Path, Published>();

/**
 * A text, read once.
 * @throws Error if the assets were not built
 */
export async function published({ ASSETS }: Bindings, path: Path): Promise<Published> {
	const known = texts.get(path);
	if (known !== undefined) return known;
	const response = await ASSETS.fetch(new URL(path, HOST));
	if (!response.ok) throw new Error(`${path} is not among the assets: npm run build puts it there`);
	const found = { text: await response.text(), tag: response.headers.get("etag") ?? "" };
	texts.set(path, found);
	return found;
}
