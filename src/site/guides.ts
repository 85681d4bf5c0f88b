// The guides as scripts/assets/build.ts left them among the assets: what llms.txt links to and llms-full.txt holds.
import type { Bindings } from "../env.ts";

export interface Guide {
	readonly slug: string;
	readonly title: string;
	readonly summary: string;
	readonly markdown: string;
}

let known: readonly Guide[] | undefined;

/** Every guide, in reading order; none where they haven't been built. */
export async function guidesOf({ ASSETS }: Bindings, origin: string): Promise<readonly Guide[]> {
	if (known) return known;
	const response = await ASSETS.fetch(new URL("/docs/guides.json", origin));
	if (!response.ok) return [];
	known = await response.json<Guide[]>();
	return known;
}
