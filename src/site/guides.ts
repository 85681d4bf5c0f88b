// The guides, which scripts/assets/build.ts puts into the assets. llms.txt links to them, llms-full.txt contains them.
import type { Bindings } from "../env.ts";

export interface Guide {
	readonly slug: string;
	readonly title: string;
	readonly summary: string;
	readonly markdown: string;
}

let cached: readonly Guide[] | undefined;

/** All guides in reading order; none if they were not built. */
export async function guidesOf({ ASSETS }: Bindings, origin: string): Promise<readonly Guide[]> {
	if (cached) return cached;
	const response = await ASSETS.fetch(new URL("/docs/guides.json", origin));
	if (!response.ok) return [];
	cached = await response.json<Guide[]>();
	return cached;
}
