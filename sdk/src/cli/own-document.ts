import type { ClientOptions } from "../client.ts";
import { retryingFetch } from "../retry.ts";
import type { ApiDocument } from "./document.ts";
import { PATIENT } from "./session.ts";

/** Reads the OpenAPI document of an organization, which has its custom fields. */
export async function ownDocument({ apiKey, baseUrl }: ClientOptions): Promise<ApiDocument> {
	const send = retryingFetch((request) => fetch(request), PATIENT);
	const url = new URL("/api/v1/openapi.json", baseUrl);
	const response = await send(new Request(url, { headers: { "x-api-key": apiKey } }));
	return response.json();
}
