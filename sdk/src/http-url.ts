/**
 * Reads a web address. `localhost:3000` is no address but a URL of the scheme `localhost`, which nothing can be sent to.
 * @returns null for what is no http or https URL
 */
export function httpUrl(text: string): URL | null {
	const url = URL.canParse(text) ? new URL(text) : null;
	return url && (url.protocol === "http:" || url.protocol === "https:") ? url : null;
}
