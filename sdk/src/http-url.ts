/**
 * Parses an http or https URL. `localhost:3000` is refused: it parses as a URL with the scheme `localhost`.
 * @returns null if the text is not an http or https URL
 */
export function httpUrl(text: string): URL | null {
	const url = URL.canParse(text) ? new URL(text) : null;
	return url && (url.protocol === "http:" || url.protocol === "https:") ? url : null;
}
