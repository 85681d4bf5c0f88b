// A guide, as scripts/assets/pages.ts reads it from docs/guides. llms.txt links to it, llms-full.txt contains it.
export interface Guide {
	/** Its address is `/docs/<slug>`. */
	readonly slug: string;
	readonly title: string;
	readonly summary: string;
	readonly markdown: string;
}
